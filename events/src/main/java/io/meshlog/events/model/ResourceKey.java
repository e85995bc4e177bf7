package io.meshlog.events.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The name of a resource within a fleet, and the key of its record in the changelog:
 * {@code <cluster>/<kind>/<namespace>/<name>}, without the namespace for kinds that have none. What belongs to no
 * cluster stands under {@value #FLEET_PREFIX}, which no cluster can be called.
 *
 * <p>Each char is one byte (ISO-8859-1): etcd keys of any content fit as the name of an {@link Opaque}, and the order of
 * the strings is the order of the bytes.
 *
 * <p>Examples: {@code eastus/services/shop/web}, {@code eastus/endpoints/10.1.0.7}, {@code _fleet/clusters/eastus},
 * {@code eastus/violations/services/shop/web}.
 *
 * @param value the whole key
 */
public record ResourceKey(String value) implements Comparable<ResourceKey> {
    /** The prefix of what belongs to no cluster. */
    public static final String FLEET_PREFIX = "_fleet";

    /** Marks the subject of a violation that belongs to another cluster; sorts after every kind. */
    private static final String FOREIGN = "~";

    /** The key of the fleet's own record. */
    public static final ResourceKey FLEET = of(FLEET_PREFIX, Kind.FLEET, null, FLEET_PREFIX);

    /** The key under which digests are said. */
    public static final ResourceKey DIGEST = of(FLEET_PREFIX, Kind.DIGEST, null, FLEET_PREFIX);

    public static ResourceKey of(@Nullable String cluster, Kind kind, @Nullable String namespace, String name) {
        String prefix = cluster == null ? FLEET_PREFIX : cluster;
        String middle = kind.namespaced() ? namespace + "/" : "";
        return new ResourceKey(prefix + "/" + kind.plural() + "/" + middle + name);
    }

    public static ResourceKey ofBytes(byte[] bytes) {
        return new ResourceKey(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    public byte[] toBytes() {
        return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The key of a cluster's record. */
    public static ResourceKey cluster(String name) {
        return of(null, Kind.CLUSTER, null, name);
    }

    /** The key of a writer's session. */
    public static ResourceKey session(@Nullable String cluster, String writer) {
        return of(cluster, Kind.SESSION, null, writer);
    }

    public static ResourceKey job(long id) {
        return of(null, Kind.JOB, null, "%019d".formatted(id));
    }

    /** Whether a log can hold it: single-byte chars, a prefix, a kind that is known, a name. */
    public boolean isWellFormed() {
        return value.chars().allMatch(character -> character <= 0xff)
                && kind() != null
                && !prefix().isEmpty()
                && !name().isEmpty();
    }

    /**
     * The key of the violation that a refusal of this key makes for the one who said it. {@code
     * eastus/services/shop/web}, said by eastus, has {@code eastus/violations/services/shop/web}; said by edge, it has
     * {@code edge/violations/~eastus/services/shop/web}.
     *
     * @param sayer the cluster that said it
     */
    public ResourceKey violationBy(String sayer) {
        String subject = prefix().equals(sayer) ? value.substring(sayer.length() + 1) : FOREIGN + value;
        return of(sayer, Kind.VIOLATION, null, subject);
    }

    /** The key a violation's key is about; the opposite of {@link #violationBy}. */
    public ResourceKey violationSubject() {
        String rest = rest();
        return new ResourceKey(rest.startsWith(FOREIGN) ? rest.substring(FOREIGN.length()) : prefix() + "/" + rest);
    }

    /** Everything before the first slash: a cluster's name or {@value #FLEET_PREFIX}. */
    public String prefix() {
        int slash = value.indexOf('/');
        return slash < 0 ? value : value.substring(0, slash);
    }

    /** The cluster, or null for what belongs to none. */
    public @Nullable String cluster() {
        String prefix = prefix();
        return prefix.equals(FLEET_PREFIX) ? null : prefix;
    }

    /** The kind, or null where the key names none that is known. */
    public @Nullable Kind kind() {
        int first = value.indexOf('/');
        int second = value.indexOf('/', first + 1);
        return first < 0 || second < 0 ? null : Kind.ofPlural(value.substring(first + 1, second));
    }

    /** The namespace, or the empty string for kinds without one. */
    public String namespace() {
        Kind kind = kind();
        if (kind == null || !kind.namespaced()) {
            return "";
        }
        String rest = rest();
        int slash = rest.indexOf('/');
        return slash < 0 ? "" : rest.substring(0, slash);
    }

    /** What follows the kind and, where there is one, the namespace. */
    public String name() {
        Kind kind = kind();
        String rest = rest();
        return kind != null && kind.namespaced() ? rest.substring(rest.indexOf('/') + 1) : rest;
    }

    private String rest() {
        int first = value.indexOf('/');
        int second = value.indexOf('/', first + 1);
        return value.substring(second + 1);
    }

    /** By unsigned bytes. */
    @Override
    public int compareTo(ResourceKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
