package io.meshlog.meshapi.watch;

import org.jspecify.annotations.Nullable;

/**
 * Why a watch ended, and where to go on.
 *
 * @param resume null where nothing was completely delivered yet
 */
public record WatchEnd(
        Reason reason, String message, @Nullable ResumeToken resume) {

    /** Why a watch ends by itself. */
    public enum Reason {
        /** The replica is behind the asked revision and did not reach it in time. Retry, best at another replica. */
        BEHIND,
        /** The reader took nothing for too long. */
        STALLED,
        /** There are as many watches as there may be. Retry later or at another replica. */
        TOO_MANY,
        /** The replica leaves service or stops. Resume at another one. */
        REPLICA_STOPPING,
        /** The replica failed; its log has the cause. */
        INTERNAL
    }
}
