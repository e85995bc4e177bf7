package io.meshlog.publisher.source;

import org.jspecify.annotations.Nullable;

/** The one thread on which a source follows what it reads: started once, interrupted and waited for at the end. Thread-safe. */
public final class SourceThread implements AutoCloseable {
    private final String name;
    private @Nullable Thread thread;

    /** @param name the thread's */
    public SourceThread(String name) {
        this.name = name;
    }

    /**
     * Starts it.
     *
     * @param follows ends soon after its thread is interrupted
     * @throws IllegalStateException if it was started before
     */
    public synchronized void start(Runnable follows) {
        if (thread != null) {
            throw new IllegalStateException("the source was started before");
        }
        thread = Thread.ofPlatform().name(name).daemon().start(follows);
    }

    /** Interrupts it and waits until it has ended; nothing where it was never started. */
    @Override
    public synchronized void close() {
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
