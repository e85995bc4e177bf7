package io.meshlog.events.model;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A security identity: the number that stands for a set of labels in every datapath of the fleet. Labels are kept sorted by
 * key, as Cilium writes them (pkg/labels, SortedList).
 */
public record Identity(long id, List<Label> labels) implements Declared {

    /** One security label, {@code source:key=value} in Cilium's notation. */
    public record Label(String source, String key, String value) {
        public String text() {
            return source + ":" + key + "=" + value;
        }
    }

    public Identity {
        labels = labels.stream()
                .sorted(Comparator.comparing(Label::key).thenComparing(Label::text))
                .toList();
    }

    @Override
    public Kind kind() {
        return Kind.IDENTITY;
    }

    @Override
    public String keyName() {
        return Long.toString(id);
    }

    @Override
    public Map<String, String> selectableLabels() {
        Map<String, String> byKey = new TreeMap<>();
        labels.forEach(label -> byKey.put(label.key(), label.value()));
        return byKey;
    }
}
