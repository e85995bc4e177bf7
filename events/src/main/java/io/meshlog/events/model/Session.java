package io.meshlog.events.model;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far the fleet has decided what a writer said.
 *
 * @param cluster null for the fleet's own writers
 * @param epoch 1 for the writer's first session, one more for each that follows
 * @param sequence everything up to it is decided; the opening is 0
 * @param eventOffset the offset of the last event decided for this writer, refused and repeated ones included
 * @param snapshotKey the snapshot is complete up to and including this key; null before its first frame
 * @param answer to the last decided event
 */
public record Session(
        String writer,
        @Nullable String cluster,
        String principal,
        UUID incarnation,
        long epoch,
        long sequence,
        long eventOffset,
        @Nullable ResourceKey snapshotKey,
        boolean snapshotComplete,
        @Nullable Answer answer)
        implements Resource {

    /** What became of an event. */
    public enum AnswerCode {
        APPLIED,
        UNCHANGED,
        DUPLICATE,
        FENCED,
        GAP,
        REFUSED
    }

    /**
     * What the fold answered to one event.
     *
     * @param revision the fleet's revision after it
     * @param rule why it, or the first refused resource of it, was refused
     * @param refused how many resources of it were refused
     * @param succeeded for a transaction, whether its compares held
     * @param deleted for a transaction, how many keys each operation deleted
     */
    public record Answer(
            long epoch,
            long sequence,
            AnswerCode code,
            long revision,
            @Nullable Rule rule,
            @Nullable String message,
            int refused,
            @Nullable Boolean succeeded,
            List<Long> deleted) {
        public Answer {
            deleted = List.copyOf(deleted);
        }
    }

    public ResourceKey key() {
        return ResourceKey.session(cluster, writer);
    }

    @Override
    public Kind kind() {
        return Kind.SESSION;
    }
}
