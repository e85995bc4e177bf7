package io.meshlog.publisher.outbox;

import io.meshlog.events.model.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one session said and the fleet has not decided yet.
 *
 * <p>Worked example: 1, 2 and 3 were sent, 1 is acknowledged, the stream breaks. The next gateway opens with 2 decided: 3
 * is what is sent again, as it was, and 4 is the next new one.
 */
final class SessionLog {
    private final UUID incarnation;
    /** Undecided events this stream carried, in the order of their sequences. */
    private final Deque<OutboxEvent> sent = new ArrayDeque<>();
    /** Undecided events this stream has not carried yet, all later than those it has. */
    private final Deque<OutboxEvent> unsent = new ArrayDeque<>();

    private long decided;
    private long last;

    SessionLog(UUID incarnation) {
        this.incarnation = incarnation;
    }

    UUID incarnation() {
        return incarnation;
    }

    int undecided() {
        return sent.size() + unsent.size();
    }

    long decided() {
        return decided;
    }

    /** How many events this stream carried and the fleet has not decided. */
    int inFlight() {
        return sent.size();
    }

    /**
     * A new stream: all that is undecided is to be sent on it. False where the gateway speaks of another session than
     * this one: less is decided than was acknowledged, or more than was said.
     */
    boolean resume(long decidedSequence) {
        while (!sent.isEmpty()) {
            unsent.addFirst(sent.removeLast());
        }
        return decidedSequence >= decided && decide(decidedSequence);
    }

    /** Everything up to this sequence is decided; an old ack changes nothing. False where it is beyond what was said. */
    boolean decide(long sequence) {
        if (sequence > last) {
            return false;
        }
        dropUpTo(sent, sequence);
        dropUpTo(unsent, sequence);
        decided = Math.max(decided, sequence);
        return true;
    }

    private static void dropUpTo(Deque<OutboxEvent> events, long sequence) {
        while (!events.isEmpty() && events.getFirst().sequence() <= sequence) {
            events.removeFirst();
        }
    }

    void add(UUID eventId, long observedAtMicros, Statement statement) {
        unsent.addLast(new OutboxEvent(eventId, ++last, observedAtMicros, statement));
    }

    /** The next event for this stream, from now on in flight; null where it carried all. */
    @Nullable
    OutboxEvent next() {
        OutboxEvent event = unsent.pollFirst();
        if (event != null) {
            sent.addLast(event);
        }
        return event;
    }
}
