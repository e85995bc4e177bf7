package io.meshlog.it.simulation;

/** What is broken on purpose, to see that the simulation finds it. */
enum Mutation {
    NONE,
    /** A gateway's answer says that what was sent is decided. */
    ACK_TOO_EARLY,
    /** Readers of the changelog see what was aborted. */
    ABORTED_READ,
    /** One change of a write is not in the changelog. */
    WRITE_SKIPPED,
    /** Compaction takes deletes that nobody has forgotten. */
    DELETE_LOST,
    /** A marker overtakes the changes before it. */
    BOOKMARK_TOO_EARLY,
    /** A message is delivered twice. */
    DELIVERED_TWICE,
    /** What one member says is taken for another's. */
    TAKEN_FOR_ANOTHER
}
