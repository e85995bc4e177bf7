package io.meshlog.projector.decider;

import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps the fleet's checkpoints for the decider, which decides when. No call blocks; one thing is done at a time. */
public interface CheckpointOffice {
    /**
     * Which state a checkpoint is of: the one a digest was said of.
     *
     * @param eventId of the event that asked for the digest
     * @param eventOffset of that event
     */
    record Anchor(UUID eventId, long eventOffset, long revision) {}

    /**
     * A checkpoint that is there.
     *
     * @param eventOffset of the last event in it
     */
    record Kept(long eventOffset, long revision, long writtenAtMs) {}

    /**
     * Looks what there is, and removes checkpoints and events that are no longer kept. Completes with the newest checkpoint,
     * null where there is none.
     */
    CompletionStage<@Nullable Kept> look();

    /** Makes a checkpoint. */
    CompletionStage<Kept> make(Anchor anchor);
}
