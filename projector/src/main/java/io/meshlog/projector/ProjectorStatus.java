package io.meshlog.projector;

import io.meshlog.projector.streams.StopCause;
import org.jspecify.annotations.Nullable;

/**
 * How a projector is, at one moment.
 *
 * @param active whether this instance runs the fold; one of all does, the others stand by
 * @param lastEventOffset of the last event this instance decided or took over, -1 for none
 * @param revision after it
 * @param decider where the decider stands, in words
 * @param weakTransactions whether the brokers lack {@code transaction.version=2} and that is allowed
 */
public record ProjectorStatus(
        State state, boolean active, long lastEventOffset, long revision, String decider, boolean weakTransactions) {

    /** Where a projector stands. */
    public sealed interface State {
        /** It cannot start yet and tries again. */
        record Waiting(String words) implements State {}

        /** It folds, or stands by. */
        record Running() implements State {}

        /** It would fold, but something of Kafka is missing; it goes on by itself. */
        record Hindered(String words) implements State {}

        /** It does not fold, and will not without somebody's doing. */
        record Stopped(StopCause cause) implements State {}

        record Closed() implements State {}
    }

    /** Why nothing is folded here, null while all is well. */
    public @Nullable String trouble() {
        return switch (state) {
            case State.Waiting waiting -> waiting.words();
            case State.Running running -> null;
            case State.Hindered hindered -> hindered.words();
            case State.Stopped stopped -> stopped.cause().words();
            case State.Closed closed -> "the projector is closed";
        };
    }
}
