package io.meshlog.projector.streams;

/**
 * How many of the events that were polled together are not decided yet. For the Streams thread.
 *
 * <p>When the last of them is, the transaction is committed at once: nobody else is there to share it, and somebody waits
 * for the answer. What comes meanwhile is polled together next. So a lone event waits for nothing but its commit, and
 * under load transactions grow by themselves, up to what fits the commit interval.
 */
final class Backlog {
    private int left;

    /** Streams polls when it has processed what it had. */
    void onPolled(int events) {
        left = events;
    }

    /** Returns whether it was the last of those that were polled with it. */
    boolean onDecided() {
        left--;
        return left <= 0;
    }
}
