package io.meshlog.it.simulation;

/** What must have come about in some simulation, or what they check is less than they say. */
enum Situation {
    TRANSACTION_ABORTED,
    FOLD_STATE_LOST,
    DECIDER_SUCCEEDED,
    JOB,
    VIOLATION,
    DIGEST,
    DELETE_FORGOTTEN,
    CHANGELOG_COMPACTED,
    SESSION_FENCED,
    GATEWAY_NOT_READY,
    LOG_UNAVAILABLE,
    SNAPSHOT_WANTED,
    REPLICA_DISCONNECTED,
    REPLICA_CAUGHT_UP_OVER_COMPACTION,
    REPLICA_BUILT_ANEW,
    READER_RESUMED,
    READER_CAUGHT_UP,
    READER_BEGAN_ANEW,
    READER_AHEAD_OF_REPLICA
}
