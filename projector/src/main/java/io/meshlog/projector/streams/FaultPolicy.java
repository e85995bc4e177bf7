package io.meshlog.projector.streams;

import io.meshlog.events.fold.FoldStoppedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception that ends the Streams thread.
 *
 * <p>What the fold says must not be decided stops this instance, and its words are handed on: another try would end the
 * same way. Everything else is taken as passing and the thread is replaced, after a pause, {@value #MOST_FAULTS} times in
 * {@value #WINDOW_MS} ms; past that this instance stops too, so that a fault that does not pass is seen and not hidden in
 * a log that scrolls.
 */
final class FaultPolicy implements StreamsUncaughtExceptionHandler {
    static final int MOST_FAULTS = 20;
    static final long WINDOW_MS = 300_000;

    private static final Logger LOG = LoggerFactory.getLogger(FaultPolicy.class);

    private final LongSupplier clockMs;
    private final Runnable pause;
    private final Consumer<StopCause> onStop;
    private final Deque<Long> faultsMs = new ArrayDeque<>();

    /**
     * @param pause waits before a thread is replaced
     * @param onStop told why this instance stops, before it does
     */
    FaultPolicy(LongSupplier clockMs, Runnable pause, Consumer<StopCause> onStop) {
        this.clockMs = clockMs;
        this.pause = pause;
        this.onStop = onStop;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable thrown) {
        StopCause stop = stopCause(thrown);
        if (stop == null) {
            long now = clockMs.getAsLong();
            faultsMs.addLast(now);
            while (now - faultsMs.getFirst() > WINDOW_MS) {
                faultsMs.removeFirst();
            }
            if (faultsMs.size() <= MOST_FAULTS) {
                LOG.warn("the projector's thread failed and is replaced", thrown);
                pause.run();
                return StreamThreadExceptionResponse.REPLACE_THREAD;
            }
            stop = new StopCause.Faults(
                    "%d faults in %d ms, the last: %s".formatted(faultsMs.size(), WINDOW_MS, rootMessage(thrown)));
        }
        LOG.error("the projector stops: {}", stop.words(), thrown);
        onStop.accept(stop);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static @Nullable StopCause stopCause(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case FoldStoppedException stopped -> {
                    return new StopCause.Fold(stopped.reason(), stopped.eventOffset(), words(stopped));
                }
                case InvalidOffsetException gone -> {
                    return new StopCause.OffsetGone(
                            "the log no longer has the offset that comes next (%s); what is missing can only come from a checkpoint"
                                    .formatted(gone.getMessage()));
                }
                default -> {
                    // look at what caused it
                }
            }
        }
        return null;
    }

    private static String words(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root.toString();
    }
}
