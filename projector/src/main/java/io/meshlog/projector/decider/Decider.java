package io.meshlog.projector.decider;

import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the fleet must say about itself, and when: changes and time in, events out. No I/O, no clock; for one
 * thread.
 *
 * <pre>
 *   Reading --caught up--> Founding --the fleet is there--> Opening --own session is there--> Deciding
 *      |                                                       ^ |                               |
 *      +------------caught up, the fleet is there--------------+ +--another's session, refused---+--> Resigned
 * </pre>
 *
 * <p>One event is outstanding at a time: the next is said when the fold's trace of the session shows the last. What
 * depends on the passing of time (digest, horizon) waits a full period after a start or takeover. An event whose
 * appending failed is said again unchanged; the fold drops it if it is there twice.
 */
public final class Decider {
    /** The writer of the decider's session; its cluster is null. */
    public static final String WRITER = "decider";

    static final ResourceKey SESSION = ResourceKey.session(null, WRITER);

    /** Where the decider stands. */
    public sealed interface State {
        /** The changelog is read up to where it ended at the takeover. */
        record Reading() implements State {}

        /** There is no fleet yet; one is founded if the policy says so, else it is waited for. */
        record Founding() implements State {}

        /** The session is asked for, under the epoch after the last. */
        record Opening(long epoch) implements State {}

        /** The fleet's one decider. */
        record Deciding(long epoch) implements State {}

        /** Another decider has taken over, or the fold refuses this one; a new one may try. */
        record Resigned(String reason) implements State {}
    }

    private final DeciderPolicy policy;
    private final String principal;
    private final Supplier<UUID> eventIds;
    private final UUID incarnation;
    private final FleetView view;
    private final CheckpointPlan checkpoints;

    private State state = new State.Reading();
    private @Nullable MeshEvent outstanding;
    private boolean unsaid;
    private long lastJob;
    private long lastStepMs;
    private long lastDigestMs;
    private long lastHorizonMs;

    /**
     * @param principal who says it, as the events name it
     * @param eventIds makes the ids of events, UUIDv7
     * @param incarnation random, a new one for each decider
     */
    public Decider(
            DeciderPolicy policy, ValueEncoding encoding, String principal, Supplier<UUID> eventIds, UUID incarnation) {
        this.policy = policy;
        this.principal = principal;
        this.eventIds = eventIds;
        this.incarnation = incarnation;
        this.view = new FleetView(policy, encoding, SESSION);
        this.checkpoints = new CheckpointPlan(policy.checkpointPeriodMs());
    }

    public State state() {
        return state;
    }

    /** The revision the changelog was read to. */
    public long revision() {
        return view.revision();
    }

    /**
     * A change was committed to the changelog.
     *
     * @param timestampMs of its record
     */
    public void onChange(FleetChange change, long timestampMs) {
        view.onChange(change, timestampMs);
        if (change.op() == FleetChange.Op.DIGEST) {
            checkpoints.onDigest(change, principal);
        }
        if (change.op() == FleetChange.Op.TRACE && change.key().equals(SESSION)) {
            onOwnTrace();
        }
    }

    /** A tombstone: the delete of this key is known no more. */
    public void onForgotten(ResourceKey key) {
        view.onForgotten(key);
    }

    /** All changes that were committed at the takeover have been read. */
    public void onCaughtUp(long nowMs) {
        if (state instanceof State.Reading) {
            lastStepMs = nowMs;
            lastDigestMs = nowMs;
            lastHorizonMs = nowMs;
            state = view.fleet() == null ? new State.Founding() : opening();
        }
    }

    /** When a checkpoint is made, and what became of it. */
    CheckpointPlan checkpoints() {
        return checkpoints;
    }

    /** The event may not be in the log: it is said again at the next tick. */
    public void onAppendFailed(MeshEvent event) {
        if (event.equals(outstanding)) {
            unsaid = true;
        }
    }

    /**
     * What to say now, null for nothing.
     *
     * @param logEmpty whether no event was ever written, to know whether a fleet can be founded
     */
    public @Nullable MeshEvent onTick(long nowMs, boolean logEmpty) {
        if (outstanding != null && state instanceof State.Founding && view.fleet() != null) {
            outstanding = null;
        }
        if (outstanding != null) {
            boolean again = unsaid;
            unsaid = false;
            return again ? outstanding : null;
        }
        MeshEvent event = switch (state) {
            case State.Reading reading -> null;
            case State.Founding founding -> found(logEmpty);
            case State.Opening opening -> said(opening.epoch(), 0, new Statement.OpenSession(incarnation));
            case State.Deciding deciding -> decide(deciding.epoch(), nowMs);
            case State.Resigned resigned -> null;
        };
        outstanding = event;
        return event;
    }

    private @Nullable MeshEvent found(boolean logEmpty) {
        if (view.fleet() != null) {
            state = opening();
            return said(((State.Opening) state).epoch(), 0, new Statement.OpenSession(incarnation));
        }
        DeciderPolicy.Founding founding = policy.founding();
        return founding == null || !logEmpty
                ? null
                : said(
                        0,
                        0,
                        new Statement.Found(
                                founding.fleet(),
                                founding.logId(),
                                FleetFold.FEATURE_LEVEL,
                                founding.maxConnectedClusters()));
    }

    private State.Opening opening() {
        Session last = view.session();
        return new State.Opening(last == null ? 1 : last.epoch() + 1);
    }

    private void onOwnTrace() {
        Session session = view.session();
        if (session == null) {
            return;
        }
        switch (state) {
            case State.Reading reading -> {
                // a predecessor's
            }
            case State.Founding founding -> {
                // a predecessor's
            }
            case State.Opening opening -> onTraceWhileOpening(opening, session);
            case State.Deciding deciding -> onTraceWhileDeciding(deciding, session);
            case State.Resigned resigned -> {
                // its successor's
            }
        }
    }

    private void onTraceWhileOpening(State.Opening opening, Session session) {
        Answer answer = session.answer();
        if (session.incarnation().equals(incarnation)) {
            state = new State.Deciding(opening.epoch());
            outstanding = null;
        } else if (session.epoch() >= opening.epoch()) {
            resign("another decider opened epoch %d first".formatted(session.epoch()));
        } else if (answer != null && answer.epoch() == opening.epoch() && answer.code() != AnswerCode.APPLIED) {
            resign("the fold refuses the session: %s %s".formatted(answer.code(), answer.message()));
        }
    }

    private void onTraceWhileDeciding(State.Deciding deciding, Session session) {
        Answer answer = session.answer();
        if (session.epoch() > deciding.epoch()) {
            resign("another decider opened epoch %d".formatted(session.epoch()));
        } else if (outstanding != null
                && session.sequence() >= outstanding.sender().sequence()) {
            outstanding = null;
        } else if (answer != null && answer.epoch() == deciding.epoch() && answer.code() == AnswerCode.GAP) {
            resign("the fold misses an event of this decider: %s".formatted(answer.message()));
        }
    }

    private void resign(String reason) {
        state = new State.Resigned(reason);
        outstanding = null;
    }

    /** What comes at most once a period goes before steps, of which there is always a next. */
    private @Nullable MeshEvent decide(long epoch, long nowMs) {
        Session session = view.session();
        if (session == null) {
            return null;
        }
        long sequence = session.sequence() + 1;
        Statement statement = horizon(nowMs);
        if (statement == null && checkpoints.isDue(nowMs, view.revision())) {
            MeshEvent asking = said(epoch, sequence, new Statement.AskDigest());
            checkpoints.onAsked(asking.eventId());
            lastDigestMs = nowMs;
            return asking;
        }
        if (statement == null) {
            statement = digest(nowMs);
        }
        if (statement == null) {
            statement = step(nowMs);
        }
        return statement == null ? null : said(epoch, sequence, statement);
    }

    private Statement.@Nullable AdvanceHorizon horizon(long nowMs) {
        Fleet fleet = view.fleet();
        if (fleet == null || nowMs - lastHorizonMs < policy.horizonPeriodMs()) {
            return null;
        }
        lastHorizonMs = nowMs;
        long due = Math.min(
                view.revision(),
                Math.max(
                        view.deletes().revisionAt(nowMs - policy.keepDeletesMs()),
                        view.deletes().revisionLeaving(policy.keepDeletes())));
        boolean forgets = due > fleet.horizon() && view.deletes().anyDeleteBelow(due);
        long kept = Math.min(view.revision(), view.versions().revisionAt(nowMs - policy.keepVersionsMs()));
        long floor = Math.max(fleet.versionFloor(), kept);
        boolean drops = floor > fleet.versionFloor() && view.movedRevision() > fleet.versionFloor();
        return forgets || drops ? new Statement.AdvanceHorizon(forgets ? due : fleet.horizon(), floor) : null;
    }

    private Statement.@Nullable AskDigest digest(long nowMs) {
        long moved = view.revision() - view.digestRevision();
        boolean due = moved >= policy.digestRevisions() || nowMs - lastDigestMs >= policy.digestPeriodMs();
        if (moved <= 0 || !due) {
            return null;
        }
        lastDigestMs = nowMs;
        return new Statement.AskDigest();
    }

    private Statement.@Nullable Step step(long nowMs) {
        Long job = view.jobAfter(lastJob);
        if (job == null || nowMs - lastStepMs < policy.stepPauseMs()) {
            return null;
        }
        lastStepMs = nowMs;
        lastJob = job;
        return new Statement.Step(job);
    }

    private MeshEvent said(long epoch, long sequence, Statement statement) {
        unsaid = false;
        return new MeshEvent(
                eventIds.get(),
                new Sender(null, principal, "", WRITER, epoch, sequence),
                OptionalLong.empty(),
                statement);
    }
}
