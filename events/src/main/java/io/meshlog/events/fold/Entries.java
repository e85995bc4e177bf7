package io.meshlog.events.fold;

import io.meshlog.events.model.ResourceKey;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Where a fleet's state keeps its entries, in the order of keys. For one thread. */
public interface Entries {
    @Nullable
    Entry get(ResourceKey key);

    void put(Entry entry);

    void remove(ResourceKey key);

    /**
     * The entries with {@code after < key <= upTo}, ascending; null leaves a side open. The caller closes the cursor
     * before it writes.
     */
    Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo);

    /** Entries one after another; closing releases what the store holds for it. */
    interface Cursor extends Iterator<Entry>, AutoCloseable {
        @Override
        void close();
    }
}
