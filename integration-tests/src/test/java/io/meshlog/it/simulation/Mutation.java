package io.meshlog.it.simulation;

/** What is broken on purpose, to see that the simulation finds it; and the promise it is found by. */
enum Mutation {
    NONE(null),
    /** A publisher's client takes what was sent for decided. */
    ACK_TOO_EARLY(Promise.RELIABLE),
    /** What one member says is said as another. */
    TAKEN_FOR_ANOTHER(Promise.RELIABLE),
    /** What somebody said for another cluster is taken as that cluster's. */
    IMPOSTOR_TRUSTED(Promise.LOSSLESS),
    /** The fold writes under another cluster's prefix. */
    KEY_OF_ANOTHER(Promise.ISOLATED),
    /** The fold decides more in one write than it may. */
    WRITE_UNBOUNDED(Promise.BOUNDED),
    /** Readers of the changelog see what was aborted. */
    ABORTED_READ(Promise.RELIABLE),
    /** One change of a write is not in the changelog. */
    WRITE_SKIPPED(Promise.RELIABLE),
    /** Compaction takes deletes that nobody has forgotten. */
    DELETE_LOST(Promise.DETERMINISTIC),
    /** A replica takes what was said for something else. */
    EVENT_MISREAD(Promise.WITNESSED),
    /** Readers are sent what they do not select. */
    NOT_SELECTED(Promise.FILTERABLE),
    /** A marker overtakes the changes before it. */
    BOOKMARK_TOO_EARLY(Promise.BOOKMARKABLE),
    /** A marker comes again after a later one. */
    MARKER_REPEATED(Promise.ORDERED),
    /** A message is delivered twice. */
    DELIVERED_TWICE(Promise.UNIQUE),
    /** A message is delivered in two. */
    MESSAGE_SPLIT(Promise.ATOMIC),
    /** A watch goes on after one write more than its token says. */
    TOKEN_TOO_FAR(Promise.RESUMABLE);

    private final Promise breaks;

    Mutation(Promise breaks) {
        this.breaks = breaks;
    }

    /** Null for none. */
    Promise breaks() {
        return breaks;
    }
}
