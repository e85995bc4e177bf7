package io.meshlog.events.fold;

import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One write in the making: what an event changes, seen on top of the state it is decided on.
 *
 * <p>A key that is written twice counts once, with its last value.
 */
final class Draft {
    private final FleetState state;
    private final ValueEncoding encoding;
    private final Provenance provenance;
    private final long revision;
    private final Map<ResourceKey, Entry> pending = new LinkedHashMap<>();
    private final Map<String, Map<Kind, Integer>> growth = new HashMap<>();
    private final List<ResourceKey> forgotten = new ArrayList<>();

    Draft(FleetState state, ValueEncoding encoding, Provenance provenance) {
        this.state = state;
        this.encoding = encoding;
        this.provenance = provenance;
        this.revision = state.revision() + 1;
    }

    FleetState state() {
        return state;
    }

    ValueEncoding encoding() {
        return encoding;
    }

    Provenance provenance() {
        return provenance;
    }

    /** The revision the write will have, if it changes anything. */
    long revision() {
        return revision;
    }

    /** How many changes there are so far. */
    int size() {
        return pending.size();
    }

    /** The live entry under a key as this write leaves it, null where there is none. */
    @Nullable
    Entry live(ResourceKey key) {
        Entry drafted = pending.get(key);
        Entry entry = drafted != null ? drafted : state.entry(key);
        return entry == null || entry.deleted() ? null : entry;
    }

    /** How many live resources of a kind there will be under a prefix. */
    long count(String prefix, Kind kind) {
        return state.count(prefix, kind) + growth.getOrDefault(prefix, Map.of()).getOrDefault(kind, 0);
    }

    /** Writes the value unless an equal one is there already. Returns whether anything changed. */
    boolean putIfDifferent(Kind kind, ResourceKey key, Value value, EncodedValue encoded, Origin origin) {
        Entry old = live(key);
        if (old != null && same(old, value, encoded)) {
            return false;
        }
        put(kind, key, encoded, origin, 0);
        return true;
    }

    /** Writes one of the fleet's own records unless an equal one is there already. */
    boolean putIfDifferent(ResourceKey key, Value value, Origin origin) {
        return putIfDifferent(value.resource().kind(), key, value, encoding.encode(value), origin);
    }

    /** Writes the value, also when an equal one is there. */
    void put(Kind kind, ResourceKey key, EncodedValue encoded, Origin origin, long lease) {
        Entry old = live(key);
        if (old == null) {
            grow(key.prefix(), kind, 1);
        }
        long createRevision = old == null ? revision : old.createRevision();
        long version = old == null ? 1 : writtenHere(key) ? old.version() : old.version() + 1;
        keep(key, kind, createRevision, version, origin, lease, encoded);
    }

    /** Deletes what is there. Returns whether there was anything. */
    boolean delete(ResourceKey key, Origin origin) {
        Entry old = live(key);
        if (old == null) {
            return false;
        }
        grow(key.prefix(), old.kind(), -1);
        Entry before = state.entry(key);
        if (before == null || before.deleted()) {
            pending.remove(key);
        } else {
            keep(key, before.kind(), before.createRevision(), 0, origin, 0, null);
        }
        return true;
    }

    /** The delete of this key is no longer known. */
    void forget(ResourceKey key) {
        forgotten.add(key);
    }

    List<ResourceKey> forgotten() {
        return forgotten;
    }

    /** Makes another draft of the same event this one's content: what a transaction tried is what it does. */
    void take(Draft attempt) {
        pending.putAll(attempt.pending);
        attempt.growth.forEach((prefix, byKind) -> byKind.forEach((kind, by) -> grow(prefix, kind, by)));
    }

    /** The write's changes, in the order in which their keys were first touched. */
    List<FleetChange> changes() {
        List<FleetChange> changes = new ArrayList<>(pending.size() + 1);
        for (Entry entry : pending.values()) {
            changes.add(new FleetChange(
                    revision,
                    changes.size(),
                    pending.size(),
                    entry.deleted() ? Op.DELETE : Op.UPSERT,
                    entry.kind(),
                    entry.key(),
                    entry.createRevision(),
                    entry.version(),
                    entry.origin(),
                    entry.lease(),
                    provenance,
                    entry.value()));
        }
        return changes;
    }

    private boolean same(Entry old, Value value, EncodedValue encoded) {
        EncodedValue there = old.value();
        return encoded.equals(there)
                || (there != null
                        && there.fingerprint() != encoded.fingerprint()
                        && encoding.decode(there).equals(value));
    }

    private boolean writtenHere(ResourceKey key) {
        return pending.containsKey(key);
    }

    private void grow(String prefix, Kind kind, int by) {
        growth.computeIfAbsent(prefix, none -> new EnumMap<>(Kind.class)).merge(kind, by, Integer::sum);
    }

    private void keep(
            ResourceKey key,
            Kind kind,
            long createRevision,
            long version,
            Origin origin,
            long lease,
            @Nullable EncodedValue value) {
        pending.put(
                key,
                new Entry(
                        key,
                        kind,
                        revision,
                        createRevision,
                        version,
                        origin,
                        lease,
                        provenance.eventOffset(),
                        Hash128.ZERO,
                        value));
    }
}
