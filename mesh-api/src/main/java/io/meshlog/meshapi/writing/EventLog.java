package io.meshlog.meshapi.writing;

import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.MeshEvent;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's way into the log: one writer at a time, because a writer that failed once fails for ever, so that nothing
 * is kept without what was said before it.
 *
 * <pre>
 *          tick, retry time reached          opened
 *   Away ---------------------------> Opening ------> Ready
 *    ^                                   |               |
 *    +----------- not opened ------------+               |
 *    +----------------- an append failed ----------------+
 * </pre>
 *
 * <p>For the gateway's thread, but for {@link #away}, which any may ask. Opening and closing writers blocks and happens on a thread of its own.
 */
public final class EventLog {
    /** How long after a failure the next writer is made, in milliseconds. */
    public static final long RETRY_MS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private sealed interface State {
        record Away(String why, long retryAtMs) implements State {}

        record Opening(String why) implements State {}

        record Ready(EventLogWriter writer) implements State {}

        record Closed() implements State {}
    }

    private final Supplier<EventLogWriter> opener;
    private final Executor opening;
    private final Executor loop;
    private final LongSupplier clockMs;
    private volatile State state = new State.Away("it was not asked for yet", Long.MIN_VALUE);

    /**
     * @param opener makes a writer, blocking
     * @param opening runs the opener
     * @param loop the gateway's thread
     */
    public EventLog(Supplier<EventLogWriter> opener, Executor opening, Executor loop, LongSupplier clockMs) {
        this.opener = opener;
        this.opening = opening;
        this.loop = loop;
        this.clockMs = clockMs;
    }

    /** Why nothing can be appended now, in words; null when it can. */
    public @Nullable String away() {
        return switch (state) {
            case State.Ready ready -> null;
            case State.Away away -> away.why();
            case State.Opening open -> open.why();
            case State.Closed closed -> "the gateway is stopping";
        };
    }

    /** Makes a writer where there is none and it is time. */
    public void tick() {
        if (state instanceof State.Away away && clockMs.getAsLong() >= away.retryAtMs()) {
            state = new State.Opening(away.why());
            opening.execute(this::open);
        }
    }

    private void open() {
        try {
            EventLogWriter writer = opener.get();
            loop.execute(() -> opened(writer));
        } catch (RuntimeException failed) {
            loop.execute(() -> lose(failed));
        }
    }

    private void opened(EventLogWriter writer) {
        if (state instanceof State.Closed) {
            opening.execute(writer::close);
            return;
        }
        LOG.info("the log takes events");
        state = new State.Ready(writer);
    }

    /**
     * Appends after everything appended before; one of the two is called, on the gateway's thread and never before this
     * returns.
     *
     * @param appended takes the event's offset
     */
    public void append(MeshEvent event, LongConsumer appended, Consumer<Throwable> failed) {
        if (!(state instanceof State.Ready ready)) {
            loop.execute(() -> failed.accept(new IllegalStateException(away())));
            return;
        }
        var unused = ready.writer()
                .append(event)
                .whenComplete((offset, error) -> loop.execute(() -> {
                    if (error == null) {
                        appended.accept(offset);
                    } else {
                        Throwable cause = error instanceof CompletionException && error.getCause() != null
                                ? error.getCause()
                                : error;
                        // an event that cannot be written says nothing of its writer
                        if (!(cause instanceof IllegalArgumentException)) {
                            giveUp(ready, cause);
                        }
                        failed.accept(cause);
                    }
                }));
    }

    /** Of the failures of one writer only the first is news. */
    private void giveUp(State.Ready failed, Throwable cause) {
        if (state.equals(failed)) {
            lose(cause);
            opening.execute(failed.writer()::close);
        }
    }

    private void lose(Throwable cause) {
        if (!(state instanceof State.Closed)) {
            LOG.warn("the log does not take events, next attempt in {} ms: {}", RETRY_MS, cause.toString());
            state = new State.Away(cause.toString(), clockMs.getAsLong() + RETRY_MS);
        }
    }

    public void close() {
        if (state instanceof State.Ready ready) {
            opening.execute(ready.writer()::close);
        }
        state = new State.Closed();
    }
}
