package io.meshlog.events.checkpoint;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import org.jspecify.annotations.Nullable;

/** Meets the parts of one checkpoint in order and knows at the end whether they are all of it. For one thread. */
public final class CheckpointCheck {
    private final Tally tally = new Tally();
    private @Nullable Checkpoint checkpoint;
    private int parts;
    private boolean complete;

    /**
     * Takes the next part in.
     *
     * @throws DamagedCheckpointException if it is not the one that must come, or the last and the digest is another
     */
    public void add(CheckpointPart part) {
        Checkpoint first = checkpoint == null ? part.checkpoint() : checkpoint;
        checkpoint = first;
        if (!part.checkpoint().equals(first)) {
            throw new DamagedCheckpointException("part %d of checkpoint %s where part %d of %s was expected"
                    .formatted(part.part(), part.checkpoint().id(), parts, first.id()));
        }
        if (part.part() != parts) {
            throw new DamagedCheckpointException("checkpoint %s: part %d of %d is missing, part %d came in its place"
                    .formatted(first.id(), parts, first.parts(), part.part()));
        }
        parts++;
        for (FleetChange change : part.entries()) {
            requireWithin(first, change);
            tally.add(Entry.of(change));
        }
        if (part.last()) {
            compare(first, part.digest());
            complete = true;
        }
    }

    private static void requireWithin(Checkpoint checkpoint, FleetChange change) {
        if (change.revision() > checkpoint.revision()
                || change.provenance().eventOffset() > checkpoint.eventOffset()
                || change.op() == FleetChange.Op.DIGEST) {
            throw new DamagedCheckpointException(
                    "checkpoint %s at revision %d, event %d: %s of revision %d, event %d has no place in it"
                            .formatted(
                                    checkpoint.id(),
                                    checkpoint.revision(),
                                    checkpoint.eventOffset(),
                                    change.key(),
                                    change.revision(),
                                    change.provenance().eventOffset()));
        }
    }

    private void compare(Checkpoint of, @Nullable Digest said) {
        if (!tally.digest().equals(said)) {
            throw new DamagedCheckpointException(
                    "checkpoint %s at revision %d does not give the digest it was made with: a part was altered"
                            .formatted(of.id(), of.revision()));
        }
    }

    /**
     * The checkpoint, once all of it was met.
     *
     * @throws DamagedCheckpointException if parts are missing at the end
     */
    public Checkpoint whole() {
        Checkpoint met = checkpoint;
        if (met == null) {
            throw new DamagedCheckpointException("there is no part of a checkpoint");
        }
        if (!complete) {
            throw new DamagedCheckpointException("checkpoint %s: %d of %d parts are there, it was cut short"
                    .formatted(met.id(), parts, met.parts()));
        }
        return met;
    }
}
