package io.meshlog.meshapi.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a store is.
 *
 * @param logId of the log it holds; null while it is empty
 * @param revision of the last write it holds
 * @param changelogOffset the offset in the changelog to go on from, 0 while it is empty
 * @param endRevision the revision at which it last was at the log's end; -1 before the first time
 * @param horizon the revision below which deletes are forgotten
 */
public record StorePosition(@Nullable UUID logId, long revision, long changelogOffset, long endRevision, long horizon) {
    public static final StorePosition EMPTY = new StorePosition(null, 0, 0, -1, 0);
}
