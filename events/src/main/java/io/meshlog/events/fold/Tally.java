package io.meshlog.events.fold;

import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Digest.ClusterDigest;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts and sums of a state, kept at constant cost for each entry that comes or goes. The fold and every replica keep
 * one; where they differ at the same revision, the replica is wrong. For one thread.
 */
public final class Tally {
    private static final class Prefix {
        private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        private Hash128 sum = Hash128.ZERO;
        private long digested;
    }

    private final TreeMap<String, Prefix> prefixes = new TreeMap<>();

    /** Counts an entry in. Deletes count for nothing; sessions are counted, but are in no digest. */
    public void add(Entry entry) {
        if (!entry.deleted()) {
            Prefix prefix = prefixes.computeIfAbsent(entry.key().prefix(), none -> new Prefix());
            prefix.counts.merge(entry.kind(), 1L, Long::sum);
            prefix.sum = prefix.sum.plus(entry.hash());
            prefix.digested += entry.kind() == Kind.SESSION ? 0 : 1;
        }
    }

    /** Counts an entry out that was counted in. */
    public void remove(Entry entry) {
        if (!entry.deleted()) {
            Prefix prefix = prefixes.computeIfAbsent(entry.key().prefix(), none -> new Prefix());
            prefix.counts.merge(entry.kind(), -1L, Long::sum);
            prefix.sum = prefix.sum.minus(entry.hash());
            prefix.digested -= entry.kind() == Kind.SESSION ? 0 : 1;
        }
    }

    /** How many live entries of a kind there are under a prefix. */
    public long count(String prefix, Kind kind) {
        Prefix found = prefixes.get(prefix);
        return found == null ? 0 : found.counts.getOrDefault(kind, 0L);
    }

    /** The prefixes there are, each with its live entries by kind; a copy. */
    public Map<String, Map<Kind, Long>> counts() {
        Map<String, Map<Kind, Long>> copy = new TreeMap<>();
        prefixes.forEach((prefix, found) -> {
            Map<Kind, Long> counts = new EnumMap<>(Kind.class);
            counts.putAll(found.counts);
            counts.values().removeIf(count -> count == 0);
            copy.put(prefix, counts);
        });
        return copy;
    }

    /** Prefixes that hold nothing a digest is about are left out, so that having had something leaves no trace. */
    public Digest digest() {
        return new Digest(prefixes.entrySet().stream()
                .filter(prefix -> prefix.getValue().digested > 0)
                .map(prefix -> new ClusterDigest(prefix.getKey(), prefix.getValue().digested, prefix.getValue().sum))
                .toList());
    }
}
