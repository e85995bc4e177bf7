package io.meshlog.projector.streams;

import io.meshlog.events.model.MeshEvent;
import java.util.Optional;

/** Looks in the log for the event that lets the fold pass over one it cannot decide. */
@FunctionalInterface
public interface SkipSearch {
    /**
     * Reads from behind the offset to where the log ends now.
     *
     * @return the first event there that skips the offset and was said by one of the fleet's own writers; clusters
     *     cannot skip
     */
    Optional<MeshEvent> find(long offset);
}
