package io.meshlog.events.fold;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Job;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Declarations of clusters, and the work they and others leave unfinished where one write is too small for it.
 *
 * <p>A writer has at most one unfinished frame. From feature level {@value #FRAMES_GO_ON} on, what the writer says next goes
 * on with the frame as far as its write has room, so that a rest that is said over and over is short-lived. What it says about
 * a key that the frame has still to reach is decided at once and kept in the frame's rest too, so that the rest, when its turn
 * comes, says the same. A frame that continues the unfinished one is added to its rest; any other begins a new snapshot and
 * takes its place.
 */
final class Jobs {
    private static final int FRAMES_GO_ON = 3;

    private final Limits limits;
    /** What declarations may fill of a write: the rest is for the record of a job. */
    private final int room;

    Jobs(Limits limits) {
        this.limits = limits;
        this.room = limits.maxChanges() - 1;
    }

    Outcome upsert(Draft draft, Fleet fleet, Sender sender, Statement.Upsert upsert) {
        if (!upsert.key().isWellFormed()) {
            return malformed(upsert.key());
        }
        Cluster cluster = speaksFor(draft.state(), sender, upsert.key());
        if (cluster == null) {
            return ofNoCluster(upsert.key());
        }
        Job unfinished = goOn(draft, fleet, sender);
        Declarations declarations = declarations(draft, fleet, sender, cluster);
        declarations.upsert(upsert.key(), upsert.value());
        amend(draft, unfinished, upsert.key(), upsert.value());
        return Outcome.declared(declarations);
    }

    Outcome delete(Draft draft, Fleet fleet, Sender sender, Statement.Delete delete) {
        if (!delete.key().isWellFormed()) {
            return malformed(delete.key());
        }
        Cluster cluster = speaksFor(draft.state(), sender, delete.key());
        if (cluster == null) {
            return ofNoCluster(delete.key());
        }
        Job unfinished = goOn(draft, fleet, sender);
        Declarations declarations = declarations(draft, fleet, sender, cluster);
        declarations.delete(delete.key());
        amend(draft, unfinished, delete.key(), null);
        return Outcome.declared(declarations);
    }

    /** A key no log can hold, or that names nothing, makes no violation: there is nothing it could be about. */
    private static Outcome malformed(ResourceKey key) {
        return Outcome.refused(
                Refusal.of(Rule.MALFORMED, "\"%s\" is no key: <cluster>/<kind>/... of single bytes is one", key));
    }

    private static @Nullable Cluster speaksFor(FleetState state, Sender sender, ResourceKey key) {
        String name = sender.cluster() == null ? key.prefix() : sender.cluster();
        return state.cluster(name);
    }

    private static Outcome ofNoCluster(ResourceKey key) {
        return Outcome.refused(Refusal.of(Rule.NOT_ADMITTED, "%s is of no cluster that is admitted to the fleet", key));
    }

    private Declarations declarations(Draft draft, Fleet fleet, Sender sender, Cluster cluster) {
        Origin origin = sender.cluster() == null ? Origin.OPERATOR : Origin.SESSION;
        return new Declarations(draft, limits, fleet, cluster, origin);
    }

    Outcome frame(Draft draft, Fleet fleet, SessionDraft session, Sender sender, Statement.Frame frame) {
        String name = sender.cluster();
        if (name == null) {
            return Outcome.refused(Refusal.of(Rule.NOT_PERMITTED, "only a cluster's writers send snapshots"));
        }
        Refusal refusal = judge(name, frame);
        if (refusal != null) {
            return Outcome.refused(refusal);
        }
        session.framed(frame.to());
        Job unfinished = unfinishedFrame(draft.state(), sender);
        Job whole = new Job(
                draft.revision(),
                Job.Type.FRAME,
                name,
                frame.from(),
                frame.to(),
                0,
                sender.writer(),
                sorted(name, frame.resources()));
        if (unfinished == null) {
            return advanceFrame(draft, fleet, whole);
        }
        boolean continued = frame.from() != null && frame.from().equals(unfinished.to());
        if (continued) {
            List<Value> resources = new ArrayList<>(unfinished.resources());
            resources.addAll(whole.resources());
            whole = rest(unfinished, unfinished.cursor(), frame.to(), resources);
        } else {
            draft.delete(ResourceKey.job(unfinished.id()), Origin.FOLD);
        }
        return advanceFrame(draft, fleet, whole);
    }

    private @Nullable Refusal judge(String cluster, Statement.Frame frame) {
        if (frame.resources().size() > limits.maxFrameResources()) {
            return Refusal.of(
                    Rule.TOO_MANY,
                    "the frame names %d resources, the limit is %d",
                    frame.resources().size(),
                    limits.maxFrameResources());
        }
        ResourceKey from = frame.from();
        ResourceKey to = frame.to();
        boolean ranged = (from == null || from.prefix().equals(cluster))
                && (to == null || to.prefix().equals(cluster))
                && (from == null || to == null || from.compareTo(to) < 0);
        if (!ranged) {
            return Refusal.of(Rule.MALFORMED, "a frame from %s to %s is no range of cluster %s", from, to, cluster);
        }
        for (ResourceKey key : FrameSweep.named(cluster, frame.resources()).keySet()) {
            if ((from != null && key.compareTo(from) <= 0) || (to != null && key.compareTo(to) > 0)) {
                return Refusal.of(Rule.MALFORMED, "%s is not in the frame's range from %s to %s", key, from, to);
            }
        }
        return null;
    }

    private static List<Value> sorted(String cluster, List<Value> resources) {
        return List.copyOf(FrameSweep.named(cluster, resources).values());
    }

    private static @Nullable Job unfinishedFrame(FleetState state, Sender sender) {
        for (Job job : state.jobs()) {
            if (job.type() == Job.Type.FRAME
                    && sender.writer().equals(job.writer())
                    && Objects.equals(job.cluster(), sender.cluster())) {
                return job;
            }
        }
        return null;
    }

    /** A writer that opens a new session says everything anew. */
    void cancelFrameOf(Draft draft, Sender sender) {
        Job unfinished = unfinishedFrame(draft.state(), sender);
        if (unfinished != null) {
            draft.delete(ResourceKey.job(unfinished.id()), Origin.FOLD);
        }
    }

    /** Does the next part of the writer's frame. Returns what is left of it after that, null where nothing is. */
    private @Nullable Job goOn(Draft draft, Fleet fleet, Sender sender) {
        Job unfinished = unfinishedFrame(draft.state(), sender);
        return unfinished == null || fleet.featureLevel() < FRAMES_GO_ON
                ? unfinished
                : sweep(draft, fleet, unfinished, room - FrameSweep.CHANGES_PER_KEY)
                        .unfinished();
    }

    private void amend(Draft draft, @Nullable Job unfinished, ResourceKey key, @Nullable Value value) {
        if (unfinished == null) {
            return;
        }
        String cluster = Objects.requireNonNull(unfinished.cluster());
        if (!key.prefix().equals(cluster)
                || (unfinished.cursor() != null && key.compareTo(unfinished.cursor()) <= 0)
                || (unfinished.to() != null && key.compareTo(unfinished.to()) > 0)) {
            return;
        }
        SortedMap<ResourceKey, Value> named = FrameSweep.named(cluster, unfinished.resources());
        if (value == null) {
            named.remove(key);
        } else {
            named.put(key, value);
        }
        Job amended = rest(unfinished, unfinished.cursor(), unfinished.to(), List.copyOf(named.values()));
        Commands.begin(draft, amended);
    }

    Outcome step(Draft draft, Fleet fleet, Statement.Step step) {
        for (Job job : draft.state().jobs()) {
            if (job.id() == step.job()) {
                return switch (job.type()) {
                    case FRAME -> advanceFrame(draft, fleet, job);
                    case EXPEL -> advanceExpel(draft, job);
                    case FORGET -> advanceForget(draft, job);
                };
            }
        }
        return Outcome.done();
    }

    private Outcome advanceFrame(Draft draft, Fleet fleet, Job job) {
        return sweep(draft, fleet, job, room).outcome();
    }

    /** What became of a frame's rest; null where it is finished. */
    private record Swept(Outcome outcome, @Nullable Job unfinished) {}

    private Swept sweep(Draft draft, Fleet fleet, Job job, int room) {
        String name = Objects.requireNonNull(job.cluster());
        Cluster cluster = draft.state().cluster(name);
        Outcome outcome = Outcome.done();
        if (cluster != null) {
            Declarations declarations = new Declarations(draft, limits, fleet, cluster, Origin.SESSION);
            FrameSweep.Rest rest =
                    new FrameSweep(draft, declarations, name, room).sweep(job.cursor(), job.to(), job.resources());
            outcome = Outcome.declared(declarations);
            if (rest != null) {
                Job unfinished = rest(job, rest.cursor(), job.to(), rest.resources());
                Commands.begin(draft, unfinished);
                return new Swept(outcome, unfinished);
            }
        }
        draft.delete(ResourceKey.job(job.id()), Origin.FOLD);
        return new Swept(outcome, null);
    }

    private static Job rest(Job job, @Nullable ResourceKey cursor, @Nullable ResourceKey to, List<Value> resources) {
        return new Job(job.id(), job.type(), job.cluster(), cursor, to, job.below(), job.writer(), resources);
    }

    private Outcome advanceExpel(Draft draft, Job job) {
        ResourceKey start = new ResourceKey(job.cluster() + "/");
        ResourceKey cursor = job.cursor() == null ? start : job.cursor();
        try (Entries.Cursor held = draft.state().entries(cursor, new ResourceKey(start.value() + "\u00ff"))) {
            while (held.hasNext()) {
                Entry entry = held.next();
                if (draft.size() >= room) {
                    Commands.begin(draft, rest(job, cursor, null, List.of()));
                    return Outcome.done();
                }
                if (!entry.deleted() && entry.kind() != Kind.SESSION) {
                    draft.delete(entry.key(), Origin.FOLD);
                }
                cursor = entry.key();
            }
        }
        draft.delete(ResourceKey.job(job.id()), Origin.FOLD);
        return Outcome.done();
    }

    private Outcome advanceForget(Draft draft, Job job) {
        List<ResourceKey> due = draft.state().deletesBelow(job.below(), room);
        due.forEach(draft::forget);
        if (due.size() < room) {
            draft.delete(ResourceKey.job(job.id()), Origin.FOLD);
        }
        return Outcome.done();
    }
}
