package io.meshlog.meshapi.feed;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the store has just applied.
 *
 * @param writes the writes, each whole, in order; empty while the feed catches up over the compacted part of the log
 * @param traces sessions as the fold left them, in order, each with the answer to one event
 * @param revision of the store now
 */
public record AppliedBatch(List<Write> writes, List<Session> traces, long revision) {
    public AppliedBatch {
        writes = List.copyOf(writes);
        traces = List.copyOf(traces);
    }

    /** One write of the fleet. */
    public record Write(long revision, List<Change> changes) {
        public Write {
            changes = List.copyOf(changes);
        }
    }

    /**
     * One change of a write.
     *
     * @param before what was under the key, known deletes included, null where there was nothing
     */
    public record Change(@Nullable Entry before, Entry after) {}
}
