package io.meshlog.projector.streams;

import java.util.function.LongSupplier;

/**
 * Whether an event asks for a commit of its own instead of waiting for the commit interval.
 *
 * <p>The first event after a pause does: somebody waits for its answer and nobody shares the transaction. Events that
 * follow within the interval do not: they would only make the transactions smaller and the log slower. So one lone event
 * costs one commit's time, and a stream of them the interval at most. For the Streams thread.
 */
final class PromptCommit {
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private long lastAsked;

    PromptCommit(long intervalMs, LongSupplier nanoTime) {
        this.intervalNanos = intervalMs * 1_000_000;
        this.nanoTime = nanoTime;
        this.lastAsked = nanoTime.getAsLong() - intervalNanos;
    }

    boolean onEvent() {
        long now = nanoTime.getAsLong();
        if (now - lastAsked < intervalNanos) {
            return false;
        }
        lastAsked = now;
        return true;
    }
}
