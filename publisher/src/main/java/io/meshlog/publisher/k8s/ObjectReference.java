package io.meshlog.publisher.k8s;

import java.util.Comparator;

/**
 * Which object of a cluster.
 *
 * @param namespace empty for kinds without one
 */
public record ObjectReference(ObjectKind kind, String namespace, String name) implements Comparable<ObjectReference> {
    private static final Comparator<ObjectReference> ORDER = Comparator.comparing(ObjectReference::kind)
            .thenComparing(ObjectReference::namespace)
            .thenComparing(ObjectReference::name);

    @Override
    public int compareTo(ObjectReference other) {
        return ORDER.compare(this, other);
    }

    /** For messages: {@code Service shop/web}. */
    @Override
    public String toString() {
        return kind.text() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
