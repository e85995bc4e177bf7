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
 * @param eventOffset of the last event that was decided here, where the store is the fold's own state to the last delete:
 *     it then forgets deletes when the fold does, one list after another. {@link #FOLLOWS} where it holds what the
 *     changelog says, and forgets all deletes below the horizon at once
 */
public record StorePosition(
        @Nullable UUID logId, long revision, long changelogOffset, long wholeRevision, long horizon, long eventOffset) {
    /** In the place of an event's offset: the store follows the changelog. */
    public static final long FOLLOWS = -1;

    public static final StorePosition EMPTY = new StorePosition(null, 0, 0, -1, 0);

    /** Of a store that follows the changelog. */
    public StorePosition(@Nullable UUID logId, long revision, long changelogOffset, long wholeRevision, long horizon) {
        this(logId, revision, changelogOffset, wholeRevision, horizon, FOLLOWS);
    }

    /** Whether it is the fold's own state, and events can be decided on it. */
    public boolean decides() {
        return eventOffset != FOLLOWS;
    }

    /** Whether a store that gets here from there drops the deletes below the horizon that it still knows. */
    boolean forgetsAfter(StorePosition before) {
        return !decides() && (horizon > before.horizon() || before.decides());
    }

    /** Whether the store is the fleet's state at its revision, rather than between two, and so may be served. */
    public boolean whole() {
        return wholeRevision == revision;
    }
}
