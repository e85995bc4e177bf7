package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.writing.Refusals;
import io.meshlog.schemas.v1.Open;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session as a client wants it opened: by which name, as which incarnation.
 *
 * <p>It is opened over the session the replica holds: with the epoch after that one's. Of two who saw the same one, the
 * fold lets one win; a replica that is behind makes its opener lose, never win wrongly.
 */
record Opening(String writer, UUID incarnation) {
    private static final Pattern WRITER = Pattern.compile("[a-zA-Z0-9][-._a-zA-Z0-9]{0,127}");
    /** The longest name the pattern takes. */
    static final int MAX_WRITER_CHARS = 128;
    /** The incarnation of sessions that were never opened; nobody may claim it. */
    private static final UUID NEVER_OPENED = new UUID(0, 0);

    /** @throws io.meshlog.meshapi.failure.FailedCallException INVALID, naming what is wrong */
    static Opening of(Open open) {
        if (!WRITER.matcher(open.getWriter()).matches()) {
            throw Failure.INVALID.because(
                    "open.writer: \"%s\" is no name: letters, digits, dashes, dots, underscores, at most %d",
                    open.getWriter(), MAX_WRITER_CHARS);
        }
        try {
            UUID incarnation = UUID.fromString(open.getIncarnation());
            if (!incarnation.equals(NEVER_OPENED)) {
                return new Opening(open.getWriter(), incarnation);
            }
        } catch (IllegalArgumentException none) {
            // answered below
        }
        throw Failure.INVALID.because(
                "open.incarnation: \"%s\" is no UUID, or the one of no session", open.getIncarnation());
    }

    /** Whether the session is this one already. */
    boolean isOpenIn(@Nullable Session held) {
        return held != null && held.incarnation().equals(incarnation);
    }

    MeshEvent event(UUID eventId, Sender sender) {
        return new MeshEvent(eventId, sender, OptionalLong.empty(), new Statement.OpenSession(incarnation));
    }

    /**
     * Whether the fleet has opened it at that epoch.
     *
     * @return false while that is not decided
     * @throws io.meshlog.meshapi.failure.FailedCallException FENCED if another was first, REFUSED if the fleet said no
     */
    boolean isDecidedBy(Session session, long epoch) {
        if (session.epoch() == epoch && isOpenIn(session)) {
            return true;
        }
        if (session.epoch() >= epoch) {
            throw Failure.FENCED.because(
                    "another opened the session of %s first, at epoch %d", session.key(), session.epoch());
        }
        Answer answer = session.answer();
        if (answer != null && answer.code() == AnswerCode.REFUSED && answer.epoch() == epoch) {
            throw Failure.REFUSED.because("%s", Refusals.inWords(answer));
        }
        return false;
    }
}
