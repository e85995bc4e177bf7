package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;

/**
 * A replica's state at one revision, unmoved by what is applied after it. It keeps old data from being reclaimed, so close
 * it soon: within seconds, not minutes. For one thread at a time.
 */
public interface ReplicaSnapshot extends AutoCloseable {
    /** What the snapshot is of. */
    StorePosition position();

    /** The entry under a key, known deletes included; null where there is none. */
    @Nullable
    Entry get(ResourceKey key);

    /**
     * The entries with {@code after < key <= upTo} in the order of keys, known deletes included; null leaves a side open.
     * Close the cursor before the snapshot.
     */
    Entries.Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo);

    /**
     * The entries whose last write is above a revision, in the order of their revisions, known deletes included. Complete
     * only for revisions at or above the horizon.
     */
    Entries.Cursor changedAfter(long revision);

    @Override
    void close();
}
