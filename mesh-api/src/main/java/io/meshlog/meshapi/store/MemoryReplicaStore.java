package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.MemoryEntries;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store in memory, gone with the process. A snapshot copies everything: for small fleets and for tests. */
public final class MemoryReplicaStore implements ReplicaStore {
    private MemoryEntries entries = new MemoryEntries();
    private Tally tally = new Tally();
    private StorePosition position = StorePosition.EMPTY;

    @Override
    public synchronized StorePosition position() {
        return position;
    }

    @Override
    public synchronized @Nullable Entry get(ResourceKey key) {
        return entries.get(key);
    }

    @Override
    public synchronized void apply(StoreBatch batch) {
        for (Entry entry : batch.entries()) {
            Entry before = entries.get(entry.key());
            if (before != null) {
                tally.remove(before);
            }
            tally.add(entry);
            entries.put(entry);
        }
        for (ResourceKey key : batch.forgotten()) {
            Entry before = entries.get(key);
            if (before != null) {
                tally.remove(before);
                entries.remove(key);
            }
        }
        if (batch.position().forgetsAfter(position)) {
            for (Entry entry : all()) {
                if (entry.deleted() && entry.modRevision() < batch.position().horizon()) {
                    entries.remove(entry.key());
                }
            }
        }
        position = batch.position();
    }

    private List<Entry> all() {
        List<Entry> all = new ArrayList<>();
        entries.range(null, null).forEachRemaining(all::add);
        return all;
    }

    @Override
    public synchronized ReplicaSnapshot snapshot() {
        MemoryEntries copy = new MemoryEntries();
        all().forEach(copy::put);
        return new Copy(copy, position);
    }

    @Override
    public synchronized Digest digest() {
        return tally.digest();
    }

    @Override
    public synchronized Map<String, Map<Kind, Long>> counts() {
        return tally.counts();
    }

    @Override
    public synchronized long sizeBytes() {
        return all().stream()
                .mapToLong(entry -> entry.key().value().length()
                        + (entry.value() == null ? 0 : entry.value().bytes().size()))
                .sum();
    }

    @Override
    public synchronized void clear() {
        entries = new MemoryEntries();
        tally = new Tally();
        position = StorePosition.EMPTY;
    }

    @Override
    public void close() {
        // nothing is held
    }

    private record Copy(MemoryEntries entries, StorePosition position) implements ReplicaSnapshot {
        @Override
        public @Nullable Entry get(ResourceKey key) {
            return entries.get(key);
        }

        @Override
        public Entries.Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
            return entries.range(after, upTo);
        }

        @Override
        public Entries.Cursor changedAfter(long revision) {
            List<Entry> changed = new ArrayList<>();
            entries.range(null, null).forEachRemaining(entry -> {
                if (entry.modRevision() > revision && entry.kind() != Kind.SESSION) {
                    changed.add(entry);
                }
            });
            changed.sort(Comparator.comparingLong(Entry::modRevision).thenComparing(Entry::key));
            return new ListCursor(changed.iterator());
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private record ListCursor(Iterator<Entry> entries) implements Entries.Cursor {
        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public Entry next() {
            return entries.next();
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
