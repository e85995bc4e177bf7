package io.meshlog.publisher.source.etcd;

import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.etcd.value.InvalidValueException;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.source.ResourceChange;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.KeyValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster declares, as its etcd's keys say it: each value typed, with its exact bytes beside it where the type does
 * not give them back. A key that is another cluster's, or whose value is none of its kind, is refused in words; what it said
 * when it last could be read stays. For one thread.
 *
 * <p>Bound: a resource or a refusal for each key of the etcd.
 */
final class ClusterKeys {
    static final String STATE = "cilium/state/";
    static final String CONFIG = "cilium/cluster-config/";
    /** How many refusals are said one by one. */
    private static final int MOST_SAID = 10;

    private final String cluster;
    private final int clusterId;
    private final View view;
    private NavigableMap<ResourceKey, Value> declared = new TreeMap<>();
    private final NavigableMap<String, String> refused = new TreeMap<>();

    ClusterKeys(String cluster, int clusterId) {
        this.cluster = cluster;
        this.clusterId = clusterId;
        this.view = new View(cluster);
    }

    /** What is looked at: the cluster's state, and what it says of itself. */
    List<KeyRange> ranges() {
        String config = CONFIG + cluster;
        return List.of(KeyRange.prefix(STATE), new KeyRange(config, config + "\0"));
    }

    /** Exactly these keys are there. */
    SortedMap<ResourceKey, Value> replace(Iterable<KeyValue> all) {
        refused.clear();
        NavigableMap<ResourceKey, Value> now = new TreeMap<>();
        for (KeyValue each : all) {
            KeyPlace place = place(each);
            if (place != null) {
                Value value = value(place, each);
                Value kept = value == null ? declared.get(place.resource()) : value;
                if (kept != null) {
                    now.put(place.resource(), kept);
                }
            }
        }
        declared = now;
        return Collections.unmodifiableSortedMap(now);
    }

    /** These happened, in this order; the last of each resource counts. */
    List<ResourceChange> apply(List<Event> events) {
        Map<ResourceKey, ResourceChange> changes = new LinkedHashMap<>();
        for (Event event : events) {
            KeyValue at = event.getKv();
            refused.remove(KeyRange.text(at.getKey()));
            boolean gone = event.getType() == Event.EventType.DELETE;
            KeyPlace place = gone ? own(KeyRange.text(at.getKey())) : place(at);
            if (place != null) {
                Value value = gone ? null : value(place, at);
                if (gone) {
                    declared.remove(place.resource());
                    changes.put(place.resource(), new ResourceChange(place.resource(), null));
                } else if (value != null) {
                    declared.put(place.resource(), value);
                    changes.put(place.resource(), new ResourceChange(place.resource(), value));
                }
            }
        }
        return new ArrayList<>(changes.values());
    }

    /** What is refused at present, a sentence each, the first ten and how many more. */
    List<String> refused() {
        List<String> said = new ArrayList<>();
        refused.entrySet().stream()
                .limit(MOST_SAID)
                .forEach(entry -> said.add(entry.getKey() + ": " + entry.getValue()));
        if (refused.size() > MOST_SAID) {
            said.add("and %d more keys are not published".formatted(refused.size() - MOST_SAID));
        }
        return said;
    }

    private @Nullable KeyPlace own(String key) {
        KeyPlace place = Layout.owner(key, view);
        return place != null && place.cluster().equals(cluster) ? place : null;
    }

    private @Nullable KeyPlace place(KeyValue at) {
        String key = KeyRange.text(at.getKey());
        KeyPlace place = Layout.owner(key, view);
        if (place == null) {
            refuse(key, "is none of Cilium's keys");
            return null;
        }
        if (!place.cluster().equals(cluster)) {
            refuse(key, "is cluster %s's; this publisher speaks for %s".formatted(place.cluster(), cluster));
            return null;
        }
        return place;
    }

    private @Nullable Value value(KeyPlace place, KeyValue at) {
        try {
            Value value = place.valueOf(at.getValue().toByteArray());
            ResourceKey named = ((Declared) value.resource()).keyIn(cluster);
            if (!named.equals(place.resource())) {
                refuse(place.key(), "holds what says of itself that it is %s".formatted(named));
                return null;
            }
            if (value.resource() instanceof ClusterConfig config && config.id() != clusterId) {
                refuse(
                        place.key(),
                        "says cluster id %d, this publisher is configured with %d".formatted(config.id(), clusterId));
                return null;
            }
            return value;
        } catch (InvalidValueException wrong) {
            refuse(place.key(), String.valueOf(wrong.getMessage()));
            return null;
        }
    }

    private void refuse(String key, String reason) {
        refused.put(key, reason);
    }
}
