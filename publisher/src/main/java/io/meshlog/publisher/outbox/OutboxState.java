package io.meshlog.publisher.outbox;

import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;

/**
 * Where an outbox stands. Each state offers the transitions it allows and no others; closing is always allowed.
 *
 * <pre>{@code
 *            +--------------------- leadership lost ---------------------+
 *            v                                                           |
 *        Waiting ---> Connecting ---> Opening ---> Snapshotting <---> Following
 *                      ^   ^  |          |  |           |                |
 *                      |   |  v          v  +-----------|--------------->|  (the snapshot was complete)
 *                      |  BackingOff <---+--------------+----------------+  the stream ended
 *                      |                 v              v                v
 *                      +------------- Fenced <----------+----------------+  the session is over
 * }</pre>
 *
 * BackingOff and Fenced go to Waiting where leadership is lost meanwhile; so do all states between.
 */
public sealed interface OutboxState {

    /** Over for good, from any state. */
    default Closed toClosed() {
        return new Closed();
    }

    /** Nothing to say yet, or not the one to say it. */
    record Waiting(String reason) implements OutboxState {
        Connecting toConnecting(long connection, long deadlineMs) {
            return new Connecting(connection, deadlineMs);
        }
    }

    /** A state with a stream, or on the way to one. Events of other connections are late and mean nothing. */
    sealed interface Connected extends OutboxState {
        /** Counts the streams of this outbox. */
        long connection();

        default Waiting toWaiting(String reason) {
            return new Waiting(reason);
        }

        default BackingOff toBackingOff(long untilMs, String reason) {
            return new BackingOff(untilMs, reason);
        }
    }

    /** A state with an opened session, which can be over. */
    sealed interface Open extends Connected {
        default Fenced toFenced(long untilMs, String reason) {
            return new Fenced(untilMs, reason);
        }
    }

    /** @param deadlineMs when the gateway counts as unreachable */
    record Connecting(long connection, long deadlineMs) implements Connected {
        Opening toOpening(long deadlineMs) {
            return new Opening(connection, deadlineMs);
        }
    }

    /** @param deadlineMs when the gateway counts as silent */
    record Opening(long connection, long deadlineMs) implements Open {
        Snapshotting toSnapshotting(@Nullable ResourceKey upTo) {
            return new Snapshotting(connection, upTo);
        }

        Following toFollowing() {
            return new Following(connection);
        }
    }

    /** @param upTo the last key a frame was made for; null before the first */
    record Snapshotting(long connection, @Nullable ResourceKey upTo) implements Open {
        /** The same state, one frame further on. */
        Snapshotting advanced(@Nullable ResourceKey framed) {
            return new Snapshotting(connection, framed);
        }

        Following toFollowing() {
            return new Following(connection);
        }
    }

    /** The whole snapshot is on its way or decided; what changes is sent as it comes. */
    record Following(long connection) implements Open {
        Snapshotting toSnapshotting() {
            return new Snapshotting(connection, null);
        }
    }

    /** A state that waits for a time to pass, and is left then. */
    sealed interface Pausing extends OutboxState {
        long untilMs();

        /** Why, for people. */
        String reason();

        default Connecting toConnecting(long connection, long deadlineMs) {
            return new Connecting(connection, deadlineMs);
        }

        default Waiting toWaiting(String why) {
            return new Waiting(why);
        }
    }

    /** The stream ended; the session goes on at the next gateway. */
    record BackingOff(long untilMs, String reason) implements Pausing {}

    /** The session is over; after a while a new one is opened, by whoever leads then. */
    record Fenced(long untilMs, String reason) implements Pausing {}

    /** Nothing is sent any more. */
    record Closed() implements OutboxState {}
}
