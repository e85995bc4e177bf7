package io.meshlog.events.fold;

import io.meshlog.events.fold.FleetFold.Traced;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import org.jspecify.annotations.Nullable;

/** A writer's session while one of its events is decided. */
final class SessionDraft {
    private Session session;

    SessionDraft(Session session) {
        this.session = session;
    }

    boolean neverOpened() {
        return session.epoch() == 0;
    }

    /**
     * Opens the session as the writer's next one. The opening names the epoch it is to have, so that of two writers who
     * saw the same predecessor only one wins, and a belated copy of an old opening does nothing.
     */
    Outcome open(Sender sender, Statement.OpenSession opening) {
        if (session.epoch() == sender.epoch() && session.incarnation().equals(opening.incarnation())) {
            return Outcome.outOfOrder(AnswerCode.DUPLICATE, null);
        }
        if (sender.epoch() != session.epoch() + 1) {
            return fenced(sender);
        }
        session = new Session(
                sender.writer(),
                sender.cluster(),
                sender.principal(),
                opening.incarnation(),
                sender.epoch(),
                0,
                0,
                null,
                false,
                null);
        return Outcome.done();
    }

    /** Null where the event is the session's next. */
    @Nullable
    Outcome judgeOrder(Sender sender) {
        if (sender.epoch() != session.epoch() || neverOpened()) {
            return fenced(sender);
        }
        if (sender.sequence() <= session.sequence()) {
            return Outcome.outOfOrder(AnswerCode.DUPLICATE, null);
        }
        return sender.sequence() == session.sequence() + 1
                ? null
                : Outcome.outOfOrder(
                        AnswerCode.GAP,
                        Refusal.of(
                                Rule.NOT_PERMITTED,
                                "sequence %d came, %d is next",
                                sender.sequence(),
                                session.sequence() + 1));
    }

    private Outcome fenced(Sender sender) {
        return Outcome.outOfOrder(
                AnswerCode.FENCED,
                Refusal.of(
                        Rule.NOT_PERMITTED,
                        "it was said under epoch %d, the session of %s is at epoch %d",
                        sender.epoch(),
                        session.key(),
                        session.epoch()));
    }

    /** The event with this sequence is decided. */
    void decided(long sequence) {
        session = with(sequence, session.snapshotKey(), session.snapshotComplete());
    }

    /**
     * A frame of the snapshot was taken in.
     *
     * @param upTo null where it reaches the end
     */
    void framed(@Nullable ResourceKey upTo) {
        session = with(session.sequence(), upTo, session.snapshotComplete() || upTo == null);
    }

    Traced traced(Sender sender, Outcome outcome) {
        return new Traced(session, sender, outcome);
    }

    private Session with(long sequence, @Nullable ResourceKey snapshotKey, boolean snapshotComplete) {
        return new Session(
                session.writer(),
                session.cluster(),
                session.principal(),
                session.incarnation(),
                session.epoch(),
                sequence,
                session.eventOffset(),
                snapshotKey,
                snapshotComplete,
                session.answer());
    }
}
