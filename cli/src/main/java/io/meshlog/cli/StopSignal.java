package io.meshlog.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Somebody wants the command to end: Ctrl-C, SIGTERM, or a test. A command that can end in good order listens; one that
 * does not is ended by the JVM as usual.
 */
public final class StopSignal {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean heeded;

    /** Promises that the command heeds {@link #stopped} and ends by itself soon after. */
    public synchronized void heed() {
        heeded = true;
    }

    /** Runs the listener at the stop, at once if that has been; also promises what {@link #heed} does. */
    public void onStop(Runnable listener) {
        synchronized (this) {
            heeded = true;
            if (!stopped()) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Forgets a listener. */
    public synchronized void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** Asks for the end; only the first call does something. */
    public void stop() {
        List<Runnable> toRun;
        synchronized (this) {
            stopped.countDown();
            toRun = List.copyOf(listeners);
            listeners.clear();
        }
        toRun.forEach(Runnable::run);
    }

    /** Whether the end was asked for. */
    public boolean stopped() {
        return stopped.getCount() == 0;
    }

    /** Waits for the stop, at most so long; answers whether it has come. An interrupt counts as a stop. */
    public boolean await(Duration limit) {
        try {
            return stopped.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            return true;
        }
    }

    synchronized boolean heeded() {
        return heeded;
    }
}
