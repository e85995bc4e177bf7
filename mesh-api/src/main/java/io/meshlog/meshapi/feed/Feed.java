package io.meshlog.meshapi.feed;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What keeps a replica's store up to date. */
public interface Feed extends AutoCloseable {
    /** Begins to read, on a thread of its own. */
    void start();

    FeedState state();

    /** Milliseconds since the store was last known to be at the log's end; -1 before the first time. */
    long stalenessMs();

    /**
     * Completes with the revision of the store once everything that was decided before this call is applied.
     *
     * <p>Fails with {@link java.util.concurrent.TimeoutException} when that takes longer, and with
     * {@link java.util.concurrent.RejectedExecutionException} when too many wait already.
     */
    CompletionStage<Long> awaitStableEnd(Duration timeout);

    /** Whether events are decided here, rather than decisions read. */
    default boolean decides() {
        return false;
    }

    /** How many changes were decided here that the changelog has not said yet, as far as they are remembered. */
    default int unwitnessed() {
        return 0;
    }

    @Override
    void close();
}
