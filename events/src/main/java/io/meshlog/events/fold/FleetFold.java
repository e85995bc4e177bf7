package io.meshlog.events.fold;

import io.meshlog.events.fold.FoldStoppedException.Reason;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one function that turns what was said into what is decided: {@code (FleetState, MeshEvent) -> Decision}.
 *
 * <p>Pure and total: every event that a version can read gets a decision, and the same state and event always give the
 * same one, byte for byte. What must not be decided, because this version or this log cannot, stops it
 * ({@link FoldStoppedException}); it never passes over an event by itself.
 *
 * <p>The order within a decision: the changes of its write at revision + 1, if there are any; a digest where one was
 * asked for; last the trace of the writer's session, with the answer. A writer's event is decided once: its session
 * names the sequence that comes next, repeated ones are dropped, gaps and older epochs are refused.
 *
 * <p>No event decides more than {@link Limits#maxChanges()} changes; what needs more becomes a job, advanced by
 * {@link Statement.Step}. Stateless, for any thread.
 */
public final class FleetFold {
    /** The newest feature level this version can fold. */
    public static final int FEATURE_LEVEL = 3;

    /** The writer that traces of unreadable records would name, had they a session. */
    private static final UUID NEVER_OPENED = new UUID(0, 0);

    private final Limits limits;
    private final ValueEncoding encoding;
    private final Commands commands;
    private final Jobs jobs;
    private final Transactions transactions;

    public FleetFold(Limits limits, ValueEncoding encoding) {
        this.limits = limits;
        this.encoding = encoding;
        this.commands = new Commands();
        this.jobs = new Jobs(limits);
        this.transactions = new Transactions(limits);
    }

    /**
     * Decides one event.
     *
     * @param state everything decided before it
     * @param eventOffset the event's offset in the events topic
     * @throws FoldStoppedException if it must not be decided
     */
    public Decision decide(FleetState state, long eventOffset, MeshEvent event) {
        requireNoHole(state, eventOffset);
        Fleet fleet = state.fleet();
        if (fleet == null && !(event.statement() instanceof Statement.Found)) {
            throw new FoldStoppedException(
                    Reason.NOT_FOUNDED, eventOffset, "a log begins with FOUND, this one does not");
        }
        requireLevel(eventOffset, fleet == null ? 1 : fleet.featureLevel());
        Draft draft = new Draft(state, encoding, provenance(eventOffset, event));
        return switch (event.statement()) {
            case Statement.Found found
            when fleet == null -> {
                requireLevel(eventOffset, found.featureLevel());
                commands.found(draft, found);
                yield decision(draft, List.of(), null);
            }
            case Statement.Malformed malformed -> {
                keepUnreadable(draft, Rule.MALFORMED, malformed.error());
                yield decision(draft, List.of(), null);
            }
            default -> decideOfSession(draft, Objects.requireNonNull(fleet), event);
        };
    }

    /**
     * Decides to pass over an event that this version cannot read, because a later event of the log says so.
     *
     * @param eventOffset the offset of the event that is passed over
     * @param skipping the later event, whose statement is a {@link Statement.Skip} of that offset
     */
    public Decision passOver(FleetState state, long eventOffset, MeshEvent skipping) {
        requireNoHole(state, eventOffset);
        if (!(skipping.statement() instanceof Statement.Skip skip) || skip.offset() != eventOffset) {
            throw new IllegalArgumentException("%s does not skip offset %d".formatted(skipping, eventOffset));
        }
        Draft draft = new Draft(state, encoding, provenance(eventOffset, skipping));
        keepUnreadable(draft, Rule.SKIPPED, "passed over: " + skip.reason());
        return decision(draft, List.of(), null);
    }

    private static void requireNoHole(FleetState state, long eventOffset) {
        long next = state.nextEventOffset();
        if (next >= 0 && eventOffset != next) {
            throw new FoldStoppedException(
                    Reason.HOLE,
                    eventOffset,
                    "the event at offset %d was expected; events are missing from the log or come twice"
                            .formatted(next));
        }
    }

    private static void requireLevel(long eventOffset, int level) {
        if (level > FEATURE_LEVEL) {
            throw new FoldStoppedException(
                    Reason.NEWER_VERSION_NEEDED,
                    eventOffset,
                    "the fleet is at feature level %d, this version knows up to %d".formatted(level, FEATURE_LEVEL));
        }
    }

    private static Provenance provenance(long eventOffset, MeshEvent event) {
        return new Provenance(
                event.sender().cluster(),
                event.sender().principal(),
                event.eventId(),
                eventOffset,
                event.observedAtMicros());
    }

    private Decision decideOfSession(Draft draft, Fleet fleet, MeshEvent event) {
        ResourceKey key = event.sender().sessionKey();
        Session held = draft.state().session(key);
        SessionDraft session = new SessionDraft(held == null ? blank(event.sender()) : held);
        Outcome outcome;
        if (event.statement() instanceof Statement.OpenSession opening) {
            outcome = open(draft, session, event.sender(), opening);
        } else {
            Outcome order = session.judgeOrder(event.sender());
            if (order != null) {
                outcome = order;
            } else {
                session.decided(event.sender().sequence());
                outcome = decideInOrder(draft, fleet, session, event);
            }
        }
        List<FleetChange> digest = event.statement() instanceof Statement.AskDigest && outcome.code() == null
                ? List.of(digest(draft))
                : List.of();
        return decision(draft, digest, session.traced(event.sender(), outcome));
    }

    private static Session blank(MeshEvent.Sender sender) {
        return new Session(
                sender.writer(), sender.cluster(), sender.principal(), NEVER_OPENED, 0, 0, 0, null, false, null);
    }

    private Outcome open(Draft draft, SessionDraft session, MeshEvent.Sender sender, Statement.OpenSession opening) {
        String cluster = sender.cluster();
        if (cluster != null && draft.state().cluster(cluster) == null) {
            return Outcome.refused(notAdmitted(cluster));
        }
        String prefix = sender.sessionKey().prefix();
        if (session.neverOpened() && draft.count(prefix, Kind.SESSION) >= limits.maxWriters()) {
            return Outcome.refused(
                    Refusal.of(Rule.TOO_MANY, "%s has its limit of %d writers already", prefix, limits.maxWriters()));
        }
        Outcome outcome = session.open(sender, opening);
        if (outcome.code() == null) {
            jobs.cancelFrameOf(draft, sender);
        }
        return outcome;
    }

    private static Refusal notAdmitted(String cluster) {
        return Refusal.of(Rule.NOT_ADMITTED, "cluster %s is not admitted to the fleet", cluster);
    }

    private Outcome decideInOrder(Draft draft, Fleet fleet, SessionDraft session, MeshEvent event) {
        String cluster = event.sender().cluster();
        if (cluster != null && draft.state().cluster(cluster) == null) {
            return Outcome.refused(notAdmitted(cluster));
        }
        return switch (event.statement()) {
            case Statement.Upsert upsert -> jobs.upsert(draft, fleet, event.sender(), upsert);
            case Statement.Delete delete -> jobs.delete(draft, fleet, event.sender(), delete);
            case Statement.Frame frame -> jobs.frame(draft, fleet, session, event.sender(), frame);
            case Statement.Transaction txn -> transactions.decide(draft, fleet, event.sender(), txn);
            default ->
                cluster == null
                        ? command(draft, fleet, event)
                        : Outcome.refused(
                                Refusal.of(Rule.NOT_PERMITTED, "cluster %s may not command the fleet", cluster));
        };
    }

    private Outcome command(Draft draft, Fleet fleet, MeshEvent event) {
        return switch (event.statement()) {
            case Statement.Found found ->
                Outcome.refused(Refusal.of(Rule.NOT_PERMITTED, "the fleet is founded already, as %s", fleet.name()));
            case Statement.Refound refound -> commands.refound(draft, fleet, refound);
            case Statement.RaiseFeatureLevel raise -> {
                requireLevel(draft.provenance().eventOffset(), raise.level());
                yield commands.raise(draft, fleet, raise);
            }
            case Statement.Admit admit -> commands.admit(draft, fleet, admit);
            case Statement.Expel expel -> commands.expel(draft, expel);
            case Statement.AdvanceHorizon horizon -> commands.horizon(draft, fleet, horizon);
            case Statement.Step step -> jobs.step(draft, fleet, step);
            case Statement.AskDigest ask -> Outcome.done();
            case Statement.Skip skip -> Outcome.done();
            case Statement.OpenSession none -> throw new IllegalStateException("decided before");
            case Statement.Malformed none -> throw new IllegalStateException("decided before");
            case Statement.Upsert none -> throw new IllegalStateException("decided before");
            case Statement.Delete none -> throw new IllegalStateException("decided before");
            case Statement.Frame none -> throw new IllegalStateException("decided before");
            case Statement.Transaction none -> throw new IllegalStateException("decided before");
        };
    }

    /** Keeps a violation for a record that could not be read; the oldest of them makes room. */
    private void keepUnreadable(Draft draft, Rule rule, String message) {
        String prefix = ResourceKey.FLEET_PREFIX;
        if (draft.count(prefix, Kind.VIOLATION) >= limits.maxMalformed()) {
            ResourceKey oldest = oldestUnreadable(draft.state());
            if (oldest != null) {
                draft.delete(oldest, Origin.FOLD);
            }
        }
        ResourceKey key = ResourceKey.of(null, Kind.VIOLATION, null, "unreadable/%019d".formatted(draft.revision()));
        draft.putIfDifferent(key, Value.of(new Violation("", rule, message)), Origin.FOLD);
    }

    private static @Nullable ResourceKey oldestUnreadable(FleetState state) {
        ResourceKey first = ResourceKey.of(null, Kind.VIOLATION, null, "unreadable/");
        try (Entries.Cursor cursor = state.entries(first, new ResourceKey(first.value() + "\u00ff"))) {
            while (cursor.hasNext()) {
                Entry entry = cursor.next();
                if (!entry.deleted()) {
                    return entry.key();
                }
            }
        }
        return null;
    }

    private FleetChange digest(Draft draft) {
        return note(draft, Op.DIGEST, ResourceKey.DIGEST, Value.of(draft.state().digest()), draft.revision() - 1);
    }

    /** A change that is no write: a trace or a digest. */
    private FleetChange note(Draft draft, Op op, ResourceKey key, Value value, long revision) {
        Entry held = draft.state().entry(key);
        return new FleetChange(
                revision,
                0,
                0,
                op,
                value.resource().kind(),
                key,
                held == null ? revision : held.createRevision(),
                1,
                Origin.FOLD,
                0,
                draft.provenance(),
                encoding.encode(value));
    }

    private Decision decision(Draft draft, List<FleetChange> digest, @Nullable Traced traced) {
        List<FleetChange> changes = new ArrayList<>(draft.changes());
        boolean wrote = !changes.isEmpty();
        long revision = wrote ? draft.revision() : draft.revision() - 1;
        changes.addAll(digest);
        Session session = null;
        if (traced != null) {
            session = traced.session(wrote, revision, draft.provenance().eventOffset());
            changes.add(note(draft, Op.TRACE, session.key(), Value.of(session), revision));
        }
        return new Decision(draft.provenance().eventOffset(), revision, changes, draft.forgotten(), session);
    }

    /** A session as an event leaves it, but for what only the finished write tells. */
    record Traced(Session session, MeshEvent.Sender sender, Outcome outcome) {
        Session session(boolean wrote, long revision, long eventOffset) {
            AnswerCode given = outcome.code();
            AnswerCode code = given != null ? given : wrote ? AnswerCode.APPLIED : AnswerCode.UNCHANGED;
            Refusal refusal = outcome.refusal();
            Answer answer = new Answer(
                    sender.epoch(),
                    sender.sequence(),
                    code,
                    revision,
                    refusal == null ? null : refusal.rule(),
                    refusal == null ? null : refusal.message(),
                    outcome.refused(),
                    outcome.succeeded(),
                    outcome.deleted());
            return new Session(
                    session.writer(),
                    session.cluster(),
                    session.principal(),
                    session.incarnation(),
                    session.epoch(),
                    session.sequence(),
                    eventOffset,
                    session.snapshotKey(),
                    session.snapshotComplete(),
                    answer);
        }
    }
}
