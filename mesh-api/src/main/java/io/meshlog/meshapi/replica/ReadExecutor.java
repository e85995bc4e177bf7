package io.meshlog.meshapi.replica;

import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where the store is read, so that event loops never wait for a disk. At most so many reads wait; a further one fails as
 * overloaded, with the hint to try again or elsewhere, because a read that waits long is worth less than one that another
 * replica answers. Safe on any thread.
 */
public final class ReadExecutor implements AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final int maxWaiting;

    /** @param maxWaiting reads that wait for a thread; at it, further ones are refused */
    public ReadExecutor(int threads, int maxWaiting, ThreadFactory factory) {
        this.maxWaiting = maxWaiting;
        this.threads = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(maxWaiting), factory);
    }

    /** @throws FailedCallException OVERLOADED if too many reads wait already */
    public void execute(Runnable read) {
        try {
            threads.execute(read);
        } catch (RejectedExecutionException full) {
            throw threads.isShutdown()
                    ? Failure.STOPPING.because("the replica is stopping")
                    : Failure.OVERLOADED.because("%d reads wait for this replica already, its limit", maxWaiting);
        }
    }

    /** Reads that wait for a thread. */
    public int waiting() {
        return threads.getQueue().size();
    }

    /** Lets the reads under way end, waiting reads included, for at most five seconds. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
