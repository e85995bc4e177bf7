package io.meshlog.publisher.outbox;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.publisher.export.ExportChange;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.OutboxState.Closed;
import io.meshlog.publisher.outbox.OutboxState.Connected;
import io.meshlog.publisher.outbox.OutboxState.Connecting;
import io.meshlog.publisher.outbox.OutboxState.Following;
import io.meshlog.publisher.outbox.OutboxState.Open;
import io.meshlog.publisher.outbox.OutboxState.Opening;
import io.meshlog.publisher.outbox.OutboxState.Pausing;
import io.meshlog.publisher.outbox.OutboxState.Snapshotting;
import io.meshlog.publisher.outbox.OutboxState.Waiting;
import java.util.List;
import java.util.SortedMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Says to the fleet what is declared, in a session that outlives its streams.
 *
 * <p>A session begins with a snapshot, a sorted run of range frames, and goes on with changes; each event has the next
 * sequence. What the fleet has not acknowledged is kept and sent again, unchanged, on the next stream, to whichever
 * gateway that leads; what is acknowledged is never sent again. A session that is over (another writer opened one, or the
 * fleet does not know it any more) is followed by a new one with a new snapshot, while this process leads.
 *
 * <p>Bounded: at most {@code maxUndecidedEvents} events are kept, and of what is still to be said only the keys ({@link
 * Declarations}). Nothing is withdrawn because nothing is heard from the source: without a list there is no session.
 *
 * <p>No method blocks. For one thread, the publisher's; times are milliseconds of any clock that does not go back.
 */
public final class Outbox {
    /** A stream that is not there, or a session that is not opened, after so long is given up. */
    static final long STEP_TIMEOUT_MS = 10_000;

    private final Link link;
    private final Leadership leadership;
    private final Backoff backoff;
    private final Stamps stamps;
    private final OutboxListener listener;
    private final Declarations declarations;
    private OutboxState state = new Waiting("for what the source lists");
    private SessionLog session;
    private @Nullable GatewayLimits limits;
    private long connections;
    private long revision;
    private boolean synced;

    /** @param size how many bytes a resource takes within an event */
    public Outbox(
            Link link,
            Leadership leadership,
            Backoff backoff,
            Stamps stamps,
            ToIntFunction<Declared> size,
            OutboxListener listener) {
        this.link = link;
        this.leadership = leadership;
        this.backoff = backoff;
        this.stamps = stamps;
        this.listener = listener;
        this.declarations = new Declarations(size);
        this.session = new SessionLog(stamps.incarnation());
    }

    public OutboxState state() {
        return state;
    }

    /** Events not yet decided. */
    public int undecided() {
        return session.undecided();
    }

    /** Keys whose change is still to be sent; those a frame will carry are not counted. */
    public int pending() {
        return declarations.pending();
    }

    /** Resources declared. */
    public int declared() {
        return declarations.declared();
    }

    /** Whether everything declared is decided. */
    public boolean isSynced() {
        return synced;
    }

    /** The fleet's revision after the last decided event, 0 before the first. */
    public long revision() {
        return revision;
    }

    /** Exactly this is declared. */
    public void onDeclared(SortedMap<ResourceKey, Declared> all, long nowMs) {
        declarations.replace(all);
        onTick(nowMs);
        pump();
    }

    /** This changed since. Before all was listed once it is kept and not said. */
    public void onChanges(List<ExportChange> changes, long nowMs) {
        declarations.apply(changes);
        onTick(nowMs);
        pump();
    }

    /** Time has passed. To be called a few times each second. */
    public void onTick(long nowMs) {
        switch (state) {
            case Waiting waiting -> {
                if (declarations.isKnown() && leadership.held()) {
                    connect(waiting.toConnecting(++connections, nowMs + STEP_TIMEOUT_MS));
                }
            }
            case Pausing pausing -> endPause(pausing, nowMs);
            case Connected connected -> checkStream(connected, nowMs);
            case Closed closed -> {}
        }
    }

    private void endPause(Pausing pausing, long nowMs) {
        if (nowMs < pausing.untilMs()) {
            return;
        }
        if (leadership.held()) {
            connect(pausing.toConnecting(++connections, nowMs + STEP_TIMEOUT_MS));
        } else {
            transition(pausing.toWaiting("for leadership"));
        }
    }

    private void connect(Connecting connecting) {
        transition(connecting);
        link.connect(connecting.connection());
    }

    private void checkStream(Connected connected, long nowMs) {
        if (!leadership.held()) {
            link.disconnect("leadership is lost");
            transition(connected.toWaiting("for leadership"));
        } else if (connected instanceof Connecting step && nowMs >= step.deadlineMs()) {
            giveUp(step, "no gateway was reached", nowMs);
        } else if (connected instanceof Opening step && nowMs >= step.deadlineMs()) {
            giveUp(step, "the gateway did not open the session", nowMs);
        }
    }

    private void giveUp(Connected connected, String reason, long nowMs) {
        link.disconnect(reason);
        transition(connected.toBackingOff(nowMs + backoff.nextMs(), reason));
    }

    /** The stream is there. */
    public void onConnected(long connection, long nowMs) {
        if (state instanceof Connecting connecting && connecting.connection() == connection) {
            transition(connecting.toOpening(nowMs + STEP_TIMEOUT_MS));
            link.open(session.incarnation());
        }
    }

    /**
     * The gateway took the session up.
     *
     * @param decidedSequence everything up to it is decided
     */
    public void onOpened(long connection, long decidedSequence, GatewayLimits gatewayLimits, long nowMs) {
        if (!(state instanceof Opening opening) || opening.connection() != connection) {
            return;
        }
        if (!session.resume(decidedSequence)) {
            endSession(opening, "the gateway has decided %d of it".formatted(decidedSequence), nowMs);
            return;
        }
        limits = gatewayLimits;
        transition(declarations.isFramed() ? opening.toFollowing() : opening.toSnapshotting(declarations.framedUpTo()));
        pump();
    }

    /** Everything up to the sequence is decided, some of it by a refusal. */
    public void onAck(long connection, long sequence, long atRevision, List<Refused> refused, long nowMs) {
        if (!(state instanceof Open open) || open.connection() != connection) {
            return;
        }
        long before = session.decided();
        if (!session.decide(sequence)) {
            endSession(open, "the gateway acknowledged %d, which was not said".formatted(sequence), nowMs);
            return;
        }
        if (session.decided() > before) {
            backoff.reset();
            revision = Math.max(revision, atRevision);
        }
        if (!refused.isEmpty()) {
            listener.onRefused(refused);
        }
        pump();
    }

    /** The fleet wants the snapshot again, in the same session. */
    public void onSendSnapshot(long connection) {
        if (state instanceof Following following && following.connection() == connection) {
            declarations.restartSnapshot();
            transition(following.toSnapshotting());
        } else if (state instanceof Snapshotting snapshotting && snapshotting.connection() == connection) {
            declarations.restartSnapshot();
            transition(snapshotting.advanced(null));
        }
        pump();
    }

    /** The stream takes events again. */
    public void onWritable(long connection) {
        if (state instanceof Open open && open.connection() == connection) {
            pump();
        }
    }

    /** The stream is gone. */
    public void onStreamEnded(long connection, StreamEnd end, long nowMs) {
        if (!(state instanceof Connected connected) || connected.connection() != connection) {
            return;
        }
        if (end.code() == StreamEnd.Code.SESSION_OVER && connected instanceof Open open) {
            endSession(open, end.reason(), nowMs);
        } else {
            giveUp(connected, end.reason(), nowMs);
        }
    }

    /** What it said is kept by nobody: the next session's snapshot says all of it. */
    private void endSession(Open open, String reason, long nowMs) {
        link.disconnect(reason);
        session = new SessionLog(stamps.incarnation());
        declarations.restartSnapshot();
        updateSynced();
        transition(open.toFenced(nowMs + backoff.nextMs(), reason));
    }

    /** Ends the stream and says nothing more. What is declared stays in the fleet. */
    public void close() {
        if (!(state instanceof Closed)) {
            link.disconnect("the publisher is closed");
            transition(state.toClosed());
        }
    }

    /** Sends what there is to send, as long as the gateway and the stream take it. */
    private void pump() {
        GatewayLimits now = limits;
        if (now == null || !(state instanceof Snapshotting || state instanceof Following)) {
            updateSynced();
            return;
        }
        while (session.inFlight() < now.maxUndecidedEvents() && link.isReady()) {
            OutboxEvent event = session.next();
            if (event == null) {
                Statement statement = nextStatement(now);
                if (statement == null) {
                    break;
                }
                session.add(stamps.eventId(), stamps.observedAtMicros(), statement);
                event = session.next();
            }
            if (event != null) {
                link.send(event);
            }
        }
        updateSynced();
    }

    private @Nullable Statement nextStatement(GatewayLimits now) {
        if (!(state instanceof Snapshotting snapshotting)) {
            return declarations.nextChange(now, listener::onTooLarge);
        }
        Statement.Frame frame = declarations.nextFrame(now, listener::onTooLarge);
        transition(frame.to() == null ? snapshotting.toFollowing() : snapshotting.advanced(frame.to()));
        return frame;
    }

    private void updateSynced() {
        boolean before = synced;
        synced = declarations.isFramed() && session.undecided() == 0 && declarations.pending() == 0;
        if (synced && !before) {
            listener.onSynced(revision);
        }
    }

    private void transition(OutboxState to) {
        OutboxState from = state;
        state = to;
        listener.onTransition(from, to);
    }
}
