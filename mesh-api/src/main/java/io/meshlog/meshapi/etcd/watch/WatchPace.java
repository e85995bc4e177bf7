package io.meshlog.meshapi.etcd.watch;

/**
 * When a loop goes round its streams again. What costs is a message to a connection, hardly an event in it, so a round that
 * took long is followed by a pause as long as itself, in which changes gather: the loop spends half its time on rounds at
 * most. A round over few streams takes microseconds, and so does its pause. For one thread.
 *
 * <p>Worked example: a round over 500 streams that ended at 10 ms and took 6 ms lets the next one begin at 16 ms, and a
 * change at 12 ms waits 4 ms. A change at 20 ms waits for nothing.
 */
final class WatchPace {
    /** The longest pause: what a change is late at most for the sake of batches. */
    static final long MAX_PAUSE_NANOS = 20_000_000;

    private long beganNanos;
    private long openNanos;
    private boolean any;

    /** How long the next round has to wait; 0 for not at all. */
    long waitNanos(long nowNanos) {
        return any ? Math.max(0, openNanos - nowNanos) : 0;
    }

    void began(long nowNanos) {
        beganNanos = nowNanos;
    }

    /** What the round sent has been handed to the sockets. */
    void ended(long nowNanos) {
        any = true;
        openNanos = nowNanos + Math.min(MAX_PAUSE_NANOS, nowNanos - beganNanos);
    }
}
