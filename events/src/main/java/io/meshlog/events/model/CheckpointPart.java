package io.meshlog.events.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a checkpoint.
 *
 * @param part its place, from 0
 * @param entries the state's entries of this part, sorted by key, each as its last change, deletes and traces included
 * @param digest in the last part, what the whole must give; null in all others
 */
public record CheckpointPart(
        Checkpoint checkpoint,
        int part,
        List<FleetChange> entries,
        @Nullable Digest digest) {
    public CheckpointPart {
        entries = List.copyOf(entries);
    }

    /** Whether the checkpoint is whole with it. */
    public boolean last() {
        return part == checkpoint.parts() - 1;
    }
}
