package io.meshlog.meshapi.feed;

import io.meshlog.events.model.Session;
import io.meshlog.meshapi.store.AppliedWrite;
import java.util.List;

/**
 * What the store has just applied.
 *
 * @param writes the writes, each whole, in order; empty while the feed catches up over the compacted part of the log
 * @param traces sessions as the fold left them, in order, each with the answer to one event
 * @param revision of the store now
 */
public record AppliedBatch(List<AppliedWrite> writes, List<Session> traces, long revision) {
    public AppliedBatch {
        writes = List.copyOf(writes);
        traces = List.copyOf(traces);
    }
}
