package io.meshlog.meshapi.etcd.watch;

import io.meshlog.meshapi.watch.RecentWrites;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What all streams of watches share.
 *
 * @param catchUps run what reads the store
 * @param clockMs milliseconds that only go forward
 * @param heartbeatMs how often a watch of the heartbeat is sent it
 * @param open watches of all streams
 */
record WatchSurroundings(
        RecentWrites writes,
        EventBatches batches,
        Executor catchUps,
        LongSupplier clockMs,
        long heartbeatMs,
        AtomicInteger open) {
    /** The most watches of all streams; a further one is answered as canceled, in words. */
    static final int MAX_WATCHES = 50_000;

    /** How often a watch that asked for it is told of its progress where it is sent nothing else: etcd's own default. */
    static final long PROGRESS_MS = 600_000;

    long nowMs() {
        return clockMs.getAsLong();
    }

    /** Takes the place of one more watch; false where there are as many as there may be. */
    boolean opened() {
        if (open.incrementAndGet() > MAX_WATCHES) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void closed(int watches) {
        open.addAndGet(-watches);
    }
}
