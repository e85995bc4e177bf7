package io.meshlog.meshapi.command;

import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The gateway as a writer for clients that have no session of their own: one session for each cluster, opened when the first
 * of its clients writes. What comes before the session is open waits for it, as long as a decision may take; what was sent
 * and lost its answer is never sent again.
 *
 * <p>One thread, the loop, owns all state. The public methods may be called on any thread.
 */
public final class ClientSessions {
    /** Statements of all clusters that wait for a session to open; further ones are refused as overloaded. */
    private static final int MAX_EARLY = 10_000;

    private record Early(
            String cluster, String principal, Statement statement, CompletableFuture<Answer> answer, long deadlineMs) {}

    private final Function<String, CommandSession> opener;
    private final long patienceMs;
    private final Executor loop;
    private final LongSupplier nowMs;
    private final Map<String, CommandSession> sessions = new HashMap<>();
    private final Queue<Early> early = new ArrayDeque<>();
    private boolean stopping;

    /**
     * @param opener makes a cluster's session; there are as many as clusters that clients write for
     * @param patienceMs how long a statement waits for its session to open
     */
    public ClientSessions(Function<String, CommandSession> opener, long patienceMs, Executor loop, LongSupplier nowMs) {
        this.opener = opener;
        this.patienceMs = patienceMs;
        this.loop = loop;
        this.nowMs = nowMs;
    }

    /**
     * Says something in a cluster's name.
     *
     * @param principal who says it, for the record
     * @return the fleet's answer, refusals included; fails with {@link FailedCallException} where there is none
     */
    public CompletionStage<Answer> give(String cluster, String principal, Statement statement) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> send(new Early(cluster, principal, statement, answer, nowMs.getAsLong() + patienceMs)));
        return answer;
    }

    private void send(Early said) {
        if (stopping) {
            said.answer().completeExceptionally(Failure.STOPPING.because("the gateway is stopping"));
            return;
        }
        CommandSession session = sessions.computeIfAbsent(said.cluster(), cluster -> {
            CommandSession opened = opener.apply(cluster);
            opened.tick();
            return opened;
        });
        var unused = session.give(said.principal(), said.statement())
                .whenComplete((answer, failed) -> loop.execute(() -> {
                    if (failed == null) {
                        said.answer().complete(answer);
                    } else {
                        failed(said, failed);
                    }
                }));
    }

    private void failed(Early said, Throwable thrown) {
        Throwable failed =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        boolean notSent = failed instanceof FailedCallException known && known.failure() == Failure.NOT_READY;
        if (!notSent || stopping || nowMs.getAsLong() >= said.deadlineMs()) {
            said.answer().completeExceptionally(failed);
        } else if (early.size() >= MAX_EARLY) {
            said.answer()
                    .completeExceptionally(Failure.OVERLOADED.because(
                            "%d writes wait for their cluster's session already, the limit", MAX_EARLY));
        } else {
            early.add(said);
        }
    }

    /** To be called every 100 ms or so: opens sessions, sends what waited for them. */
    public void tick() {
        loop.execute(() -> {
            sessions.values().forEach(CommandSession::tick);
            for (int left = early.size(); left > 0; left--) {
                Early said = early.poll();
                if (said != null) {
                    send(said);
                }
            }
        });
    }

    /** Tells those who wait that nobody will answer them here. */
    public void stop() {
        loop.execute(() -> {
            stopping = true;
            sessions.values().forEach(CommandSession::stop);
            early.forEach(
                    said -> said.answer().completeExceptionally(Failure.STOPPING.because("the gateway is stopping")));
            early.clear();
        });
    }
}
