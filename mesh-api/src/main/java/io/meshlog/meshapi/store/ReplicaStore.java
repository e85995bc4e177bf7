package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replica holds: resources by key, and by the revision of their last write. One thread writes; any thread takes
 * snapshots and asks for counts.
 */
public interface ReplicaStore extends AutoCloseable {
    /** How far it is; what a snapshot taken now is of, or newer. */
    StorePosition position();

    /** What is under a key, for the writing thread. */
    @Nullable
    Entry get(ResourceKey key);

    /**
     * Applies a batch, all of it or nothing, also through a crash. Of a store that follows the changelog, a batch
     * whose position has a higher horizon drops the known deletes below it; one that decides events itself is told which.
     * Only the writing thread.
     *
     * @throws StoreException if the disk fails
     */
    void apply(StoreBatch batch);

    /** A consistent view of now. */
    ReplicaSnapshot snapshot();

    /** Counts and sums of what is held. Only the writing thread. */
    Digest digest();

    /** Live entries by prefix and kind, as of the last batch. */
    Map<String, Map<Kind, Long>> counts();

    /** About how many bytes it takes. Any thread. */
    long sizeBytes();

    /** Forgets everything. Only the writing thread. Snapshots taken before stay as they were. */
    void clear();

    @Override
    void close();
}
