package io.meshlog.meshapi.command;

import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.writing.EventLog;
import io.meshlog.meshapi.writing.FleetView;
import io.meshlog.meshapi.writing.Refusals;
import io.meshlog.meshapi.writing.TraceRouter;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway as a writer of its own, through which operators command the fleet: one session of no cluster, and a table of
 * who waits for the answer to which sequence.
 *
 * <pre>
 *           tick: founded, log there          opened
 *   Closed ------------------------> Opening -------> Open
 *     ^                                 |               |
 *     +--- lost, refused, too late -----+               |
 *     +--- fenced, gap, an append failed ---------------+
 * </pre>
 *
 * When the session is lost, those who wait are told that the fate of their command is not known; commands may be given
 * again, because each says how the fleet is to be and not what to do to it.
 *
 * <p>One thread, the loop, owns all state. The public methods may be called on any thread.
 */
public final class CommandSession {
    private static final Logger LOG = LoggerFactory.getLogger(CommandSession.class);

    /** How long after the session was lost the next is opened: two of one name must not fill the log with openings. */
    static final long RETRY_MS = 2_000;

    /**
     * What binds it.
     *
     * @param maxWaiting commands that wait for their answer; at it, further ones are refused as overloaded
     * @param decisionTimeoutMs how long a command, or the opening, waits for its decision
     */
    public record Bounds(int maxWaiting, long decisionTimeoutMs) {}

    /**
     * Time and chance.
     *
     * @param nowMs milliseconds that only go forward
     * @param ids UUIDv7s for events and incarnations
     */
    public record Clocks(LongSupplier nowMs, Supplier<UUID> ids) {}

    private sealed interface State {
        record Closed(String why, long retryAtMs) implements State {}

        record Opening(Sender sender, UUID incarnation, long deadlineMs) implements State {}

        record Open(Sender sender, long nextSequence) implements State {}
    }

    private record Waiting(CompletableFuture<Answer> answer, long deadlineMs) {}

    private final Sender writer;
    private final ResourceKey key;
    private final Bounds bounds;
    private final FleetView fleet;
    private final EventLog log;
    private final Executor loop;
    private final Clocks clocks;
    private final NavigableMap<Long, Waiting> waiting = new TreeMap<>();
    private State state = new State.Closed("it was not opened yet", Long.MIN_VALUE);
    private boolean stopping;

    /** The gateway as a commander of the fleet. */
    public static Sender commander(String gateway) {
        return new Sender(null, "gateway/" + gateway, gateway, "gateway-" + gateway, 0, 0);
    }

    /** The gateway as a writer in the name of a cluster's clients. */
    public static Sender clientsOf(String cluster, String gateway) {
        return new Sender(cluster, "gateway/" + gateway, gateway, "etcd-" + gateway, 0, 0);
    }

    /**
     * @param writer whose session it is; its name is unique in the fleet
     * @param loop runs one task after another; the one of the log and the traces too
     */
    public CommandSession(
            Sender writer,
            Bounds bounds,
            FleetView fleet,
            EventLog log,
            TraceRouter traces,
            Executor loop,
            Clocks clocks) {
        this.writer = writer;
        this.key = writer.sessionKey();
        this.bounds = bounds;
        this.fleet = fleet;
        this.log = log;
        this.loop = loop;
        this.clocks = clocks;
        traces.listen(key, this::decided);
    }

    /**
     * Gives a command in an operator's name.
     *
     * @param principal who commands, for the record
     * @return the fleet's answer, refusals included; fails with {@link io.meshlog.meshapi.failure.FailedCallException} where
     *     there is none
     */
    public CompletionStage<Answer> give(String principal, Statement statement) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> send(principal, statement, answer));
        return answer;
    }

    private void send(String principal, Statement statement, CompletableFuture<Answer> answer) {
        switch (state) {
            case State.Closed closed ->
                answer.completeExceptionally(
                        Failure.NOT_READY.because("the gateway has no session to command with: %s", closed.why()));
            case State.Opening opening ->
                answer.completeExceptionally(
                        Failure.NOT_READY.because("the gateway's session to command with is being opened"));
            case State.Open open
            when waiting.size() >= bounds.maxWaiting() ->
                answer.completeExceptionally(Failure.OVERLOADED.because(
                        "%d commands wait for the fleet already, the limit", bounds.maxWaiting()));
            case State.Open open -> send(open, principal, statement, answer);
        }
    }

    private void send(State.Open open, String principal, Statement statement, CompletableFuture<Answer> answer) {
        long sequence = open.nextSequence();
        waiting.put(sequence, new Waiting(answer, deadlineMs()));
        state = new State.Open(open.sender(), sequence + 1);
        append(stamp(principal, open.sender().epoch(), sequence), statement, open.sender());
    }

    private Sender stamp(String principal, long epoch, long sequence) {
        return new Sender(writer.cluster(), principal, writer.gateway(), writer.writer(), epoch, sequence);
    }

    private void append(Sender stamp, Statement statement, Sender session) {
        MeshEvent event = new MeshEvent(clocks.ids().get(), stamp, OptionalLong.empty(), statement);
        log.append(event, offset -> {}, failed -> {
            if (isCurrent(session.epoch())) {
                lose(Failure.LOG_UNAVAILABLE, "the log does not take events: " + failed);
            }
        });
    }

    private boolean isCurrent(long epoch) {
        return switch (state) {
            case State.Closed closed -> false;
            case State.Opening opening -> opening.sender().epoch() == epoch;
            case State.Open open -> open.sender().epoch() == epoch;
        };
    }

    /** To be called every 100 ms or so: opens the session where there is none, ends waits that last too long. */
    public void tick() {
        loop.execute(() -> {
            long nowMs = clocks.nowMs().getAsLong();
            switch (state) {
                case State.Closed closed -> {
                    if (nowMs >= closed.retryAtMs()) {
                        tryToOpen(nowMs);
                    }
                }
                case State.Opening opening -> {
                    if (nowMs >= opening.deadlineMs()) {
                        lose(Failure.UNDECIDED, "its opening was not decided; is the projector running?");
                    }
                }
                case State.Open open -> expire(nowMs);
            }
        });
    }

    private void tryToOpen(long nowMs) {
        String obstacle = obstacle();
        if (obstacle != null) {
            state = new State.Closed(obstacle, nowMs);
            return;
        }
        Session held = fleet.session(key);
        Sender sender = stamp(writer.principal(), held == null ? 1 : held.epoch() + 1, 0);
        UUID incarnation = clocks.ids().get();
        state = new State.Opening(sender, incarnation, deadlineMs());
        append(sender, new Statement.OpenSession(incarnation), sender);
    }

    private @Nullable String obstacle() {
        String notReady = fleet.notReady();
        if (stopping || notReady != null) {
            return stopping ? "the gateway is stopping" : notReady;
        }
        return fleet.fleet() == null ? "the fleet is not founded yet" : log.away();
    }

    private void expire(long nowMs) {
        waiting.values().removeIf(wait -> {
            boolean late = nowMs >= wait.deadlineMs();
            if (late) {
                wait.answer()
                        .completeExceptionally(Failure.UNDECIDED.because(
                                "the fleet did not decide within %d ms; the command is in the log and may still be applied; is the projector running?",
                                bounds.decisionTimeoutMs()));
            }
            return late;
        });
    }

    private void decided(Session session) {
        switch (state) {
            case State.Closed closed -> {
                // of an earlier session
            }
            case State.Opening opening -> openingDecided(opening, session);
            case State.Open open -> commandDecided(open, session);
        }
    }

    private void openingDecided(State.Opening opening, Session session) {
        long epoch = opening.sender().epoch();
        Answer answer = session.answer();
        if (session.epoch() == epoch && session.incarnation().equals(opening.incarnation())) {
            LOG.info("commands go out under {} at epoch {}", key, epoch);
            state = new State.Open(opening.sender(), 1);
        } else if (session.epoch() >= epoch) {
            lose(Failure.FENCED, "another process has the gateway's name and opened " + key);
        } else if (answer != null && answer.code() == AnswerCode.REFUSED && answer.epoch() == epoch) {
            lose(Failure.REFUSED, Refusals.inWords(answer));
        }
    }

    private void commandDecided(State.Open open, Session session) {
        long epoch = open.sender().epoch();
        if (session.epoch() > epoch) {
            lose(Failure.FENCED, "another process has the gateway's name and opened " + key);
            return;
        }
        Answer answer = session.answer();
        if (answer == null || answer.epoch() != epoch) {
            return;
        }
        if (answer.code() == AnswerCode.GAP) {
            lose(Failure.SEQUENCE_GAP, Refusals.inWords(answer));
            return;
        }
        Waiting wait = waiting.remove(answer.sequence());
        if (wait != null) {
            wait.answer().complete(answer);
        }
        Map<Long, Waiting> passed = waiting.headMap(session.sequence(), true);
        passed.values()
                .forEach(missed -> missed.answer()
                        .completeExceptionally(Failure.UNDECIDED.because(
                                "the command was decided, the answer was not seen here; give it again")));
        passed.clear();
    }

    private void lose(Failure failure, String why) {
        LOG.warn("{}: {} -> Closed, {}", key, state.getClass().getSimpleName(), why);
        state = new State.Closed(why, clocks.nowMs().getAsLong() + RETRY_MS);
        waiting.values()
                .forEach(wait -> wait.answer()
                        .completeExceptionally(Failure.UNDECIDED.because(
                                "the gateway lost its session (%s: %s); whether the command was applied is not known, give it again",
                                failure, why)));
        waiting.clear();
    }

    /** Tells those who wait that nobody will answer them here. */
    public void stop() {
        loop.execute(() -> {
            stopping = true;
            lose(Failure.STOPPING, "the gateway is stopping");
        });
    }

    private long deadlineMs() {
        return clocks.nowMs().getAsLong() + bounds.decisionTimeoutMs();
    }
}
