package io.meshlog.meshapi.feed;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Readers that wait until everything decided before they asked is applied. One question to the brokers serves all that ask
 * while it is under way. Bounded by {@value #MOST_WAITING}: who comes then is refused. Safe on any thread.
 */
final class StableEndWaits {
    /** How many may wait at once. */
    static final int MOST_WAITING = 4_096;

    private static final long NOT_ASKED = -1;

    private static final class Waiting {
        private final CompletableFuture<Long> done = new CompletableFuture<>();
        private final long deadlineMs;
        private long target = NOT_ASKED;

        Waiting(long deadlineMs) {
            this.deadlineMs = deadlineMs;
        }
    }

    private final InstantSource clock;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private boolean closed;

    StableEndWaits(InstantSource clock) {
        this.clock = clock;
    }

    synchronized CompletionStage<Long> add(Duration timeout) {
        if (closed) {
            return CompletableFuture.failedFuture(new RejectedExecutionException("the feed is closed"));
        }
        if (waiting.size() >= MOST_WAITING) {
            return CompletableFuture.failedFuture(new RejectedExecutionException(
                    "%d linearizable reads wait already, that is the limit".formatted(MOST_WAITING)));
        }
        Waiting one = new Waiting(clock.millis() + timeout.toMillis());
        waiting.add(one);
        return one.done;
    }

    synchronized boolean anyUnasked() {
        return waiting.stream().anyMatch(one -> one.target == NOT_ASKED);
    }

    /** The log that is followed is another one from now on: its end has to be asked for anew. */
    synchronized void reask() {
        waiting.forEach(one -> one.target = NOT_ASKED);
    }

    /** Gives all that have none yet the end that is asked for now. */
    void ask(LongSupplier stableEnd) {
        int count;
        synchronized (this) {
            count = waiting.size();
        }
        long end = stableEnd.getAsLong();
        synchronized (this) {
            waiting.stream().limit(count).filter(one -> one.target == NOT_ASKED).forEach(one -> one.target = end);
        }
    }

    /** Completes all whose end is reached, fails all whose time is over. */
    void settle(long position, long revision) {
        Queue<Runnable> settled = new ArrayDeque<>();
        synchronized (this) {
            long now = clock.millis();
            for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
                Waiting one = each.next();
                if (one.target != NOT_ASKED && one.target <= position) {
                    each.remove();
                    settled.add(() -> one.done.complete(revision));
                } else if (one.deadlineMs <= now) {
                    each.remove();
                    settled.add(() -> one.done.completeExceptionally(
                            new TimeoutException("the replica did not reach the log's end in time")));
                }
            }
        }
        settled.forEach(Runnable::run);
    }

    /** Fails all that wait, and all that come. */
    void close() {
        Queue<Waiting> left;
        synchronized (this) {
            closed = true;
            left = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        left.forEach(one -> one.done.completeExceptionally(new RejectedExecutionException("the feed is closed")));
    }
}
