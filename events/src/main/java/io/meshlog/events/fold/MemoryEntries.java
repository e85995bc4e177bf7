package io.meshlog.events.fold;

import io.meshlog.events.model.ResourceKey;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries in memory: for replay of what fits there, and for tests. For one thread. */
public final class MemoryEntries implements Entries {
    private final TreeMap<ResourceKey, Entry> entries = new TreeMap<>();

    @Override
    public @Nullable Entry get(ResourceKey key) {
        return entries.get(key);
    }

    @Override
    public void put(Entry entry) {
        entries.put(entry.key(), entry);
    }

    @Override
    public void remove(ResourceKey key) {
        entries.remove(key);
    }

    @Override
    public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        NavigableMap<ResourceKey, Entry> view = entries;
        if (after != null) {
            view = view.tailMap(after, false);
        }
        if (upTo != null) {
            view = view.headMap(upTo, true);
        }
        Iterator<Entry> iterator = view.values().iterator();
        return new Cursor() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public Entry next() {
                return iterator.next();
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
