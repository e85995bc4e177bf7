package io.meshlog.events.fold;

import io.meshlog.events.model.Session.AnswerCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an event, before it is known at which revision.
 *
 * @param code null where the draft tells: applied where it changes anything, else unchanged
 * @param refusal why it, or the first refused resource of it, was refused
 * @param refused how many resources of it were refused
 * @param succeeded for a transaction, whether its compares held
 * @param deleted for a transaction, how many keys each operation deleted
 */
record Outcome(
        @Nullable AnswerCode code,
        @Nullable Refusal refusal,
        int refused,
        @Nullable Boolean succeeded,
        List<Long> deleted) {

    /** Done as asked. */
    static Outcome done() {
        return new Outcome(null, null, 0, null, List.of());
    }

    static Outcome refused(Refusal refusal) {
        return new Outcome(AnswerCode.REFUSED, refusal, 1, null, List.of());
    }

    /** Not looked at, because of where it stands in its session. */
    static Outcome outOfOrder(AnswerCode code, @Nullable Refusal refusal) {
        return new Outcome(code, refusal, 0, null, List.of());
    }

    /** Done, but for what these declarations refused. */
    static Outcome declared(Declarations declarations) {
        return new Outcome(
                declarations.refused() == 0 ? null : AnswerCode.REFUSED,
                declarations.firstRefusal(),
                declarations.refused(),
                null,
                List.of());
    }

    static Outcome transaction(boolean succeeded, List<Long> deleted) {
        return new Outcome(null, null, 0, succeeded, deleted);
    }
}
