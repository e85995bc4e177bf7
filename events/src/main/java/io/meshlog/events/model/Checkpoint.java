package io.meshlog.events.model;

import java.util.UUID;

/**
 * The fold's whole state at a revision: what a rebuild begins with instead of the log's first event.
 *
 * @param id the id of the event that asked for the digest it was checked against
 * @param logId the log the state is of
 * @param revision the state is at
 * @param eventOffset of the last event it contains, the digest's; the fold goes on after it. -1 where the state was moved to
 *     this log from another and no event of this one is in it
 * @param featureLevel it was made under
 * @param parts how many parts it is kept in, at least 1
 */
public record Checkpoint(UUID id, UUID logId, long revision, long eventOffset, int featureLevel, int parts) {
    public Checkpoint {
        if (parts < 1) {
            throw new IllegalArgumentException("a checkpoint of %d parts, at least 1 is needed".formatted(parts));
        }
    }

    /** The same state, as it stands in a log that none of its events are in. */
    public Checkpoint inAnotherLog(int itsParts) {
        return new Checkpoint(id, logId, revision, -1, featureLevel, itsParts);
    }
}
