package io.meshlog.projector.decider;

import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the decider knows of the fleet, read from the changelog; it keeps no resources. For one thread.
 *
 * <p>The writes of the fleet's own records (horizon moved, job done) do not count as movement: else each thing the
 * decider says would be a reason to say the next, and an idle fleet would never rest.
 */
final class FleetView {
    private final ValueEncoding encoding;
    private final ResourceKey ownSession;
    private final Timeline versions;
    private final Timeline deletes;
    private final TreeSet<Long> jobs = new TreeSet<>();

    private @Nullable Fleet fleet;
    private @Nullable Session session;
    private long revision;
    private long movedRevision;
    private long digestRevision;

    FleetView(DeciderPolicy policy, ValueEncoding encoding, ResourceKey ownSession) {
        this.encoding = encoding;
        this.ownSession = ownSession;
        this.versions = new Timeline(policy.keepVersionsMs(), Long.MAX_VALUE);
        this.deletes = new Timeline(policy.keepDeletesMs(), policy.keepDeletes());
    }

    void onChange(FleetChange change, long timestampMs) {
        revision = Math.max(revision, change.revision());
        switch (change.op()) {
            case UPSERT, DELETE -> onWrite(change, timestampMs);
            case TRACE -> {
                if (change.key().equals(ownSession)) {
                    session = (Session) decoded(change);
                }
            }
            case DIGEST -> digestRevision = change.revision();
        }
    }

    void onForgotten(ResourceKey key) {
        deletes.onLive(key);
    }

    private void onWrite(FleetChange change, long timestampMs) {
        versions.onWrite(change.revision(), timestampMs);
        deletes.onWrite(change.revision(), timestampMs);
        boolean deleted = change.op() == FleetChange.Op.DELETE;
        switch (change.kind()) {
            case FLEET -> fleet = (Fleet) decoded(change);
            case JOB -> onJob(Long.parseLong(change.key().name()), deleted);
            case NODE,
                    IDENTITY,
                    ENDPOINT,
                    SERVICE,
                    ENDPOINT_SLICE,
                    SERVICE_EXPORT,
                    POLICY,
                    CLUSTER_CONFIG,
                    OPAQUE,
                    VIOLATION,
                    CLUSTER,
                    SESSION,
                    DIGEST -> {
                movedRevision = change.revision();
                if (deleted) {
                    deletes.onDelete(change.key());
                } else {
                    deletes.onLive(change.key());
                }
            }
        }
    }

    private void onJob(long id, boolean done) {
        if (done) {
            jobs.remove(id);
        } else {
            jobs.add(id);
        }
    }

    private @Nullable Resource decoded(FleetChange change) {
        EncodedValue value = change.value();
        return value == null ? null : encoding.decode(value).resource();
    }

    /** Null before the founding. */
    @Nullable
    Fleet fleet() {
        return fleet;
    }

    /** The session of the fleet's decider, this one's or another's; null before the first. */
    @Nullable
    Session session() {
        return session;
    }

    long revision() {
        return revision;
    }

    /** The revision of the last write that is not the decider's own doing. */
    long movedRevision() {
        return movedRevision;
    }

    /** The revision at which a digest was said last; 0 for never. */
    long digestRevision() {
        return digestRevision;
    }

    /** The unfinished job after that one, in a circle so that a long one does not keep others waiting; null for none. */
    @Nullable
    Long jobAfter(long job) {
        Long next = jobs.higher(job);
        return next != null || jobs.isEmpty() ? next : jobs.first();
    }

    Timeline versions() {
        return versions;
    }

    Timeline deletes() {
        return deletes;
    }
}
