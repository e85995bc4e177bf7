package io.meshlog.events.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work too large for one write: it goes on, one bounded write at a time, with each STEP event.
 *
 * @param id the revision of the write that began it
 * @param cluster whose resources it works on, null for the fleet's
 * @param cursor done up to and including this key, null at the beginning
 * @param to the last key of its range, null for the end
 * @param below FORGET: deletes below this revision are forgotten; 0 otherwise
 * @param writer FRAME: the writer whose frame it finishes
 * @param resources FRAME: what is still to be declared, sorted by key
 */
public record Job(
        long id,
        Type type,
        @Nullable String cluster,
        @Nullable ResourceKey cursor,
        @Nullable ResourceKey to,
        long below,
        @Nullable String writer,
        List<Value> resources)
        implements Resource {

    /** What a job does. */
    public enum Type {
        FRAME,
        EXPEL,
        FORGET
    }

    public Job {
        resources = List.copyOf(resources);
    }

    @Override
    public Kind kind() {
        return Kind.JOB;
    }
}
