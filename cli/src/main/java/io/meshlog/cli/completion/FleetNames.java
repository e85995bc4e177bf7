package io.meshlog.cli.completion;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** Names that a shell completes with what the fleet has at that moment. */
public enum FleetNames {
    CLUSTERS,
    NAMESPACES;

    /** The word in a script's place that stands for the names; no name begins with an at sign. */
    String placeholder() {
        return "@" + this;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For options and arguments that are a cluster. */
    public static final class OfClusters implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(CLUSTERS.placeholder()).iterator();
        }
    }

    /** For options and arguments that are a namespace. */
    public static final class OfNamespaces implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(NAMESPACES.placeholder()).iterator();
        }
    }
}
