package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a watch stands.
 *
 * <pre>
 * Opening ---> Snapshotting ---> Lagging <---> Following
 *    ^ |            |               ^           ^  ^
 *    | +------------|---------------+-----------+  |  (resumed: from the store, or within the ring)
 *    |              +------------------------------+
 *    +--- a rebuild, a new log, or behind the horizon, from any
 * Closed: from any
 * </pre>
 */
sealed interface WatchPhase {
    /** Nothing is sent yet: the replica has to be ready, or to reach the asked revision, until the deadline. */
    record Opening(long deadlineMs) implements WatchPhase {}

    /**
     * Sending what there is, in the order of keys.
     *
     * @param pinned null before the first step, and where the view has to be renewed
     * @param first the revision of the first view, -1 before it; what changed after it is sent again where the view had to
     *     be renewed
     * @param sent the last key that was sent
     */
    record Snapshotting(
            @Nullable Pinned pinned, long first, @Nullable ResourceKey sent) implements WatchPhase {}

    /**
     * Sending what changed, the latest of each key, from the store.
     *
     * @param pinned null before the first step, and where the view has to be renewed
     * @param after everything up to this revision was sent before
     */
    record Lagging(@Nullable Pinned pinned, long after) implements WatchPhase {}

    /** Sending write after write; the next one to send has this revision. */
    record Following(long next) implements WatchPhase {}

    /** Over. */
    record Closed() implements WatchPhase {}

    /** A view of the store and where it is being read. */
    record Pinned(ReplicaSnapshot snapshot, Entries.Cursor cursor, long sinceMs) {
        long revision() {
            return snapshot.position().revision();
        }

        @Nullable
        UUID logId() {
            return snapshot.position().logId();
        }

        void release() {
            cursor.close();
            snapshot.close();
        }
    }
}
