package io.meshlog.meshapi.watch;

import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What a reader wants to see. Every part narrows; an empty one does not, but for kinds: none means all that are not the
 * fleet's own bookkeeping (sessions, jobs, the fleet's record).
 *
 * @param labels labels that must be there with exactly this value
 */
public record Selector(
        Set<String> clusters, Set<Kind> kinds, Set<String> namespaces, Set<String> names, Map<String, String> labels) {
    /** What is selected where no kinds are named. */
    public static final Set<Kind> DEFAULT_KINDS =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Kind.SESSION, Kind.JOB, Kind.FLEET, Kind.DIGEST)));

    /** Everything that is selected by default. */
    public static final Selector ALL = new Selector(Set.of(), Set.of(), Set.of(), Set.of(), Map.of());

    public Selector {
        clusters = Set.copyOf(clusters);
        kinds = kinds.isEmpty() ? DEFAULT_KINDS : Set.copyOf(kinds);
        namespaces = Set.copyOf(namespaces);
        names = Set.copyOf(names);
        labels = Map.copyOf(labels);
    }

    /** Whether what the key alone tells is selected. A key's cluster, kind, namespace and name never change. */
    public boolean matchesKey(ResourceKey key, Kind kind) {
        return kinds.contains(kind)
                && (clusters.isEmpty() || clusters.contains(kind == Kind.CLUSTER ? key.name() : key.prefix()))
                && (namespaces.isEmpty() || namespaces.contains(namespace(key, kind)))
                && (names.isEmpty() || names.contains(key.name()) || names.contains(subjectName(key, kind)));
    }

    private static String namespace(ResourceKey key, Kind kind) {
        return kind == Kind.VIOLATION ? key.violationSubject().namespace() : key.namespace();
    }

    private static String subjectName(ResourceKey key, Kind kind) {
        return kind == Kind.VIOLATION ? key.violationSubject().name() : key.name();
    }

    /** Whether the labels are selected. */
    public boolean matchesLabels(Map<String, String> actual) {
        return labels.isEmpty()
                || labels.entrySet().stream()
                        .allMatch(wanted -> wanted.getValue().equals(actual.get(wanted.getKey())));
    }
}
