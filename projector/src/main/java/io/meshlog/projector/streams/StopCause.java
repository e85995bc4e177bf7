package io.meshlog.projector.streams;

import io.meshlog.events.fold.FoldStoppedException;

/** Why a projector that could run does not. */
public sealed interface StopCause {
    /** For an operator, with what to do. */
    String words();

    /** The fold must not decide the event at this offset. */
    record Fold(FoldStoppedException.Reason reason, long eventOffset, String words) implements StopCause {
        /** Whether a SKIP event in the log would let the fold go on. */
        public boolean skippable() {
            return switch (reason) {
                case NEWER_VERSION_NEEDED -> true;
                case HOLE, NOT_FOUNDED -> false;
            };
        }
    }

    /** The log lacks the offset that comes next, at its beginning or at its end. */
    record OffsetGone(String words) implements StopCause {}

    /** The brokers, topics or the registry are not as they must be. */
    record Unfit(String words) implements StopCause {}

    /** Faults that should have passed did not. */
    record Faults(String words) implements StopCause {}
}
