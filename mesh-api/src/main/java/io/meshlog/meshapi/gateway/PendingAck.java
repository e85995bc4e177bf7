package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.meshapi.writing.Refusals;
import io.meshlog.schemas.v1.Ack;

/**
 * What a client has not been told yet of what the fleet decided: one ack for however much it is.
 *
 * <p>Holds at most {@value #MAX_REFUSALS} refusals; further ones are left out, because the fleet keeps them as violations
 * and the ack must fit into a message. For the gateway's thread.
 */
final class PendingAck {
    /** The most refusals one ack names. */
    static final int MAX_REFUSALS = 1_000;

    private long told;
    private Ack.Builder next = Ack.newBuilder();

    /** The client knows that everything up to here is decided. */
    void startAt(long sequence) {
        told = sequence;
        next.setSequence(sequence);
    }

    void decided(Session session, long epoch) {
        next.setSequence(Math.max(next.getSequence(), session.sequence()));
        Answer answer = session.answer();
        if (answer == null) {
            return;
        }
        next.setRevision(Math.max(next.getRevision(), answer.revision()));
        boolean isRefusal = answer.code() == AnswerCode.REFUSED && answer.epoch() == epoch && answer.sequence() > 0;
        if (isRefusal && next.getRefusalsCount() < MAX_REFUSALS) {
            next.addRefusals(Refusals.toProto(answer));
        }
    }

    boolean isDue() {
        return next.getSequence() > told;
    }

    /** How many events it is about. */
    long events() {
        return next.getSequence() - told;
    }

    Ack take() {
        Ack ack = next.build();
        told = ack.getSequence();
        next = Ack.newBuilder().setSequence(told).setRevision(ack.getRevision());
        return ack;
    }
}
