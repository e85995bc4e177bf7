package io.meshlog.meshapi.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far a store is.
 *
 * <p>Worked example: {@code (log, 120, 400, 120, 90)} is the fleet's state at revision 120, ready to be served.
 * {@code (log, 150, 460, 120, 90)} has gone on over changes that compaction may have thinned out: it was right at 120, and is
 * between two revisions now.
 *
 * @param logId of the log it holds; null while it is empty
 * @param revision of the last write it holds
 * @param changelogOffset the offset in the changelog to go on from, 0 while it is empty
 * @param wholeRevision the last revision at which the store was the fleet's whole state: every delete up to there is known;
 *     -1 before the first time
 * @param horizon the revision below which deletes are forgotten
 */
public record StorePosition(
        @Nullable UUID logId, long revision, long changelogOffset, long wholeRevision, long horizon) {
    public static final StorePosition EMPTY = new StorePosition(null, 0, 0, -1, 0);

    /** Whether the store is the fleet's state at its revision, rather than between two, and so may be served. */
    public boolean whole() {
        return wholeRevision == revision;
    }
}
