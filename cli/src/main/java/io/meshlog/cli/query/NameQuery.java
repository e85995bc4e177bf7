package io.meshlog.cli.query;

import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.cli.kind.ResourceName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names a person typed for one resource, most of them short: {@code web}, {@code shop/web}, {@code
 * eastus/shop/web}, or the whole key {@code eastus/services/shop/web}. For kinds without a namespace a slash may also be
 * part of the name: {@code 10.0.0.0/24} is tried both as a name and as {@code 0.0/24} of cluster {@code 10.0}, whatever
 * exists.
 */
record NameQuery(String text, ResourceKind kind, List<Reading> readings) {

    /** One way to read it; null means any. */
    record Reading(@Nullable String cluster, @Nullable String namespace, String name) {
        boolean matches(ResourceName candidate) {
            return candidate.name().equals(name)
                    && (cluster == null || cluster.equals(candidate.cluster()))
                    && (namespace == null || namespace.equals(candidate.namespace()));
        }
    }

    static NameQuery of(ResourceKind kind, String text) {
        ResourceName whole = ResourceName.ofKey(text);
        if (whole.kind().equals(kind.plural())) {
            return new NameQuery(text, kind, List.of(new Reading(whole.cluster(), whole.namespace(), whole.name())));
        }
        int first = text.indexOf('/');
        if (first < 0) {
            return new NameQuery(text, kind, List.of(new Reading(null, null, text)));
        }
        String head = text.substring(0, first);
        String tail = text.substring(first + 1);
        if (!kind.namespaced()) {
            return new NameQuery(text, kind, List.of(new Reading(null, null, text), new Reading(head, null, tail)));
        }
        int second = tail.indexOf('/');
        Reading reading = second < 0
                ? new Reading(null, head, tail)
                : new Reading(head, tail.substring(0, second), tail.substring(second + 1));
        return new NameQuery(text, kind, List.of(reading));
    }

    boolean matches(ResourceName candidate) {
        return readings.stream().anyMatch(reading -> reading.matches(candidate));
    }

    /** The names to ask the server for. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        readings.forEach(reading -> names.add(reading.name()));
        return names;
    }

    /** The key, where only one resource can be meant. */
    Optional<String> exactKey(SelectorOptions options) {
        if (readings.size() != 1 || !options.labels.isEmpty()) {
            return Optional.empty();
        }
        Reading reading = readings.getFirst();
        String cluster = only(reading.cluster(), options.clusters);
        String namespace = kind.namespaced() ? only(reading.namespace(), options.namespaces) : "";
        if (kind == ResourceKind.CLUSTERS || kind == ResourceKind.JOBS || kind == ResourceKind.FLEET) {
            cluster = "_fleet";
        }
        return cluster == null || namespace == null
                ? Optional.empty()
                : Optional.of(new ResourceName(cluster, kind.plural(), namespace, reading.name()).key());
    }

    private static @Nullable String only(@Nullable String read, List<String> options) {
        if (read != null) {
            return options.isEmpty() || options.equals(List.of(read)) ? read : null;
        }
        return options.size() == 1 ? options.getFirst() : null;
    }
}
