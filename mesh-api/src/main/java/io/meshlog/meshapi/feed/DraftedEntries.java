package io.meshlog.meshapi.feed;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fold's entries in a replica's store: what was decided since the last batch lies over what the store holds. Before a
 * range is read, the drafts go to the store: frames are rare, and a merge of the two would be read on each of them.
 *
 * <p>For the feed's thread.
 */
final class DraftedEntries implements Entries {
    private final ReplicaStore store;
    private final Runnable flush;
    /** The latest of each key; empty where it is forgotten. */
    private Map<ResourceKey, Optional<Entry>> drafts = new LinkedHashMap<>();

    /** @param flush brings the drafts to the store and calls {@link #clear} */
    DraftedEntries(ReplicaStore store, Runnable flush) {
        this.store = store;
        this.flush = flush;
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
        Optional<Entry> draft = drafts.get(key);
        return draft == null ? store.get(key) : draft.orElse(null);
    }

    @Override
    public void put(Entry entry) {
        drafts.put(entry.key(), Optional.of(entry));
    }

    @Override
    public void remove(ResourceKey key) {
        drafts.put(key, Optional.empty());
    }

    @Override
    public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        if (!drafts.isEmpty()) {
            flush.run();
        }
        ReplicaSnapshot snapshot = store.snapshot();
        return new Held(snapshot, snapshot.range(after, upTo));
    }

    int size() {
        return drafts.size();
    }

    List<Entry> written() {
        List<Entry> written = new ArrayList<>(drafts.size());
        drafts.values().forEach(draft -> draft.ifPresent(written::add));
        return written;
    }

    List<ResourceKey> forgotten() {
        return drafts.entrySet().stream()
                .filter(draft -> draft.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    void clear() {
        // clearing costs what the largest batch so far has made of the table
        drafts = new LinkedHashMap<>();
    }

    private record Held(ReplicaSnapshot snapshot, Cursor cursor) implements Cursor {
        @Override
        public boolean hasNext() {
            return cursor.hasNext();
        }

        @Override
        public Entry next() {
            return cursor.next();
        }

        @Override
        public void close() {
            cursor.close();
            snapshot.close();
        }
    }
}
