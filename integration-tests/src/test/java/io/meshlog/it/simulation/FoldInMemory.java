package io.meshlog.it.simulation;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.Limits;
import io.meshlog.events.fold.LiveFleetState;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.ResourceKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The projector's inside: the real fold, its entries as bytes, one transaction over them and the changelog. */
final class FoldInMemory {
    static final Limits LIMITS = Limits.DEFAULT.withMaxChanges(5);

    private static final ValueCodec VALUES = new ValueCodec();

    private final EventsInMemory events;
    private final ChangelogInMemory changelog;
    private final FleetFold fold;
    private StoredEntries entries = new StoredEntries();
    private LiveFleetState state = new LiveFleetState(entries, VALUES);
    private Map<ResourceKey, Entry> checkpoint = Map.of();
    private int checkpointNext;
    private int committedNext;
    private int next;
    private long openSinceMs;

    FoldInMemory(EventsInMemory events, ChangelogInMemory changelog, Mutation mutation) {
        boolean unbounded = mutation == Mutation.WRITE_UNBOUNDED;
        this.fold = new FleetFold(unbounded ? Limits.DEFAULT : LIMITS, VALUES);
        this.events = events;
        this.changelog = changelog;
    }

    boolean behind() {
        return next < events.size();
    }

    boolean open() {
        return next > committedNext;
    }

    /** When the open transaction was begun. */
    long openSinceMs() {
        return openSinceMs;
    }

    /** Decides at most that many events within the open transaction. */
    void fold(int most, long nowMs) {
        if (!open()) {
            openSinceMs = nowMs;
        }
        for (int i = 0; i < most && behind(); i++) {
            Decision decision = decide(next);
            var logId = state.fleet().logId();
            decision.changes().forEach(change -> changelog.append(nowMs, logId, change.key(), change));
            decision.forgotten().forEach(key -> changelog.append(nowMs, logId, key, null));
            long writes = decision.changes().stream()
                    .filter(change -> change.isWrite())
                    .count();
            Promise.BOUNDED.require(writes <= LIMITS.maxChanges(), "event %d decides %d changes", next, writes);
            next++;
        }
    }

    /** What a fold of the whole log holds that says nothing. */
    static Map<ResourceKey, Entry> replayed(EventsInMemory events, ChangelogInMemory unused, Mutation mutation) {
        FoldInMemory fresh = new FoldInMemory(events, unused, mutation);
        for (int offset = 0; offset < events.size(); offset++) {
            fresh.decide(offset);
        }
        return fresh.entries();
    }

    private Decision decide(int offset) {
        Decision decision = fold.decide(state, offset, events.read(offset));
        state.apply(decision);
        return decision;
    }

    List<ChangeRecord> commit() {
        entries.before.clear();
        committedNext = next;
        return changelog.commit();
    }

    /** The process dies with what is open; its successor finds what was committed. */
    void kill() {
        changelog.abort();
        entries.rollBack();
        next = committedNext;
        state = new LiveFleetState(entries, VALUES);
    }

    /** The process dies and its disk with it: decided again from the checkpoint, said only what was not. */
    void loseState() {
        changelog.abort();
        entries = new StoredEntries();
        checkpoint.values().forEach(entries::put);
        state = new LiveFleetState(entries, VALUES);
        for (next = checkpointNext; next < committedNext; next++) {
            decide(next);
        }
        entries.before.clear();
    }

    void checkpoint() {
        if (!open()) {
            checkpoint = entries.all();
            checkpointNext = next;
        }
    }

    Map<ResourceKey, Entry> entries() {
        return entries.all();
    }

    /** As {@code StoreEntries}: what is stored is bytes; remembers what a transaction has replaced. */
    private static final class StoredEntries implements Entries {
        private final MemoryEntries held = new MemoryEntries();
        private final Map<ResourceKey, @Nullable Entry> before = new LinkedHashMap<>();

        @Override
        public @Nullable Entry get(ResourceKey key) {
            return held.get(key);
        }

        @Override
        public void put(Entry entry) {
            remember(entry.key());
            held.put(EntryCodec.decode(entry.key(), EntryCodec.encode(entry)));
        }

        @Override
        public void remove(ResourceKey key) {
            remember(key);
            held.remove(key);
        }

        private void remember(ResourceKey key) {
            if (!before.containsKey(key)) {
                before.put(key, held.get(key));
            }
        }

        void rollBack() {
            before.forEach((key, entry) -> {
                if (entry == null) {
                    held.remove(key);
                } else {
                    held.put(entry);
                }
            });
            before.clear();
        }

        @Override
        public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
            return held.range(after, upTo);
        }

        Map<ResourceKey, Entry> all() {
            return History.held(held.range(null, null));
        }
    }
}
