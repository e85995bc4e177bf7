package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.Session;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What one session has in the log that is not known to be decided. It outlives the session's streams, because the log does
 * not forget what a lost stream has sent: a client that comes back and sends again waits for its own, and cannot fill the
 * log while nothing is decided.
 *
 * <p>Bounded by {@link GatewayLimits#maxUndecidedPerSession()}; at it the session's stream is not read. For the gateway's
 * thread.
 */
final class Undecided {
    /** One event on its way. Its offset is -1 until the log has answered. */
    static final class Sent {
        final PublishStream stream;
        final Declaration declaration;
        final long epoch;
        private long offset = -1;

        private Sent(PublishStream stream, Declaration declaration, long epoch) {
            this.stream = stream;
            this.declaration = declaration;
            this.epoch = epoch;
        }

        /** Whether the event at that offset, with that sequence, can be this one. */
        private boolean maybe(long eventOffset, long sequence) {
            return offset < 0 ? declaration.sequence() == sequence : offset == eventOffset;
        }

        private boolean decidedBy(Session trace) {
            return trace.epoch() > epoch
                    || trace.epoch() == epoch && declaration.sequence() <= trace.sequence()
                    || offset >= 0 && offset <= trace.eventOffset();
        }
    }

    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private final Budget budget;

    Undecided(Budget budget) {
        this.budget = budget;
    }

    int size() {
        return sent.size();
    }

    Sent add(PublishStream stream, Declaration declaration, long epoch) {
        Sent event = new Sent(stream, declaration, epoch);
        sent.addLast(event);
        budget.take(declaration);
        return event;
    }

    /** The log keeps it. */
    void appended(Sent event, long offset) {
        event.offset = offset;
    }

    /** The log did not keep it, as far as is known: nobody will decide it. */
    void failed(Sent event) {
        if (sent.remove(event)) {
            budget.release(event.declaration);
        }
    }

    /** Lets go of everything the trace says is decided. */
    void decided(Session trace) {
        while (!sent.isEmpty() && sent.getFirst().decidedBy(trace)) {
            budget.release(sent.removeFirst().declaration);
        }
    }

    /** Whose event stands at that offset; null where it is not known to be of a stream of this gateway. */
    @Nullable
    PublishStream senderOf(long eventOffset, long sequence) {
        for (Sent event : sent) {
            if (event.maybe(eventOffset, sequence)) {
                return event.stream;
            }
        }
        return null;
    }
}
