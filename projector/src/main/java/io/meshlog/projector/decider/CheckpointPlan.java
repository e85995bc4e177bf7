package io.meshlog.projector.decider;

import io.meshlog.events.model.FleetChange;
import io.meshlog.projector.decider.CheckpointOffice.Anchor;
import io.meshlog.projector.decider.CheckpointOffice.Kept;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * When a checkpoint is due. A digest that the decider asks for is what a checkpoint is of and is checked against; a digest
 * that somebody else asked for is an operator's request for a checkpoint.
 *
 * <pre>
 *   Unknown --looked--> Resting --due, a digest is asked for--> Asked --its digest--> Making --made, or failed--> Resting
 * </pre>
 *
 * For one thread.
 */
final class CheckpointPlan {
    /** After a failure. */
    static final long RETRY_MS = 30_000;

    private sealed interface State {
        /** The topic was not looked at. */
        record Unknown() implements State {}

        record Resting() implements State {}

        record Asked(UUID eventId) implements State {}

        record Making(Anchor anchor, boolean taken) implements State {}
    }

    private final long periodMs;
    private State state = new State.Unknown();
    private @Nullable Kept newest;
    private long notBeforeMs = Long.MIN_VALUE;
    /** The offset of the newest event with which somebody asked for a checkpoint; -1 for none that is not there. */
    private long wantedAfter = -1;

    CheckpointPlan(long periodMs) {
        this.periodMs = periodMs;
    }

    /** Every digest in the changelog. */
    void onDigest(FleetChange digest, String ownPrincipal) {
        UUID eventId = digest.provenance().eventId();
        long eventOffset = digest.provenance().eventOffset();
        if (state instanceof State.Asked(UUID asked) && asked.equals(eventId)) {
            state = new State.Making(new Anchor(eventId, eventOffset, digest.revision()), false);
        } else if (!digest.provenance().principal().equals(ownPrincipal)) {
            wantedAfter = Math.max(wantedAfter, eventOffset);
        }
    }

    void onLooked(@Nullable Kept found) {
        if (state instanceof State.Unknown) {
            state = new State.Resting();
        }
        know(found);
    }

    void onMade(Kept made) {
        state = new State.Resting();
        know(made);
    }

    void onFailed(long nowMs) {
        state = new State.Resting();
        notBeforeMs = nowMs + RETRY_MS;
    }

    private void know(@Nullable Kept kept) {
        newest = kept;
        if (kept != null && kept.eventOffset() >= wantedAfter) {
            wantedAfter = -1;
        }
    }

    boolean isDue(long nowMs, long revision) {
        if (!(state instanceof State.Resting) || nowMs < notBeforeMs) {
            return false;
        }
        Kept last = newest;
        return wantedAfter >= 0 || last == null || revision > last.revision() && nowMs - last.writtenAtMs() >= periodMs;
    }

    /** The digest it is to be of was asked for. */
    void onAsked(UUID eventId) {
        state = new State.Asked(eventId);
    }

    /** What to make now, once; null for nothing. */
    @Nullable
    Anchor take() {
        if (state instanceof State.Making(Anchor anchor, boolean taken) && !taken) {
            state = new State.Making(anchor, true);
            return anchor;
        }
        return null;
    }
}
