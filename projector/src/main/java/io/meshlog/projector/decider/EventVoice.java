package io.meshlog.projector.decider;

import io.meshlog.events.log.EventLogWriter;
import io.meshlog.events.model.MeshEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Appends the decider's events, with a new writer after a failure: a writer that failed once fails for good, and what the
 * decider says again is dropped by the fold if it arrived after all.
 *
 * <p>For one thread, the decider's; making a writer blocks it until Kafka answers.
 */
public final class EventVoice implements Function<MeshEvent, CompletionStage<?>>, AutoCloseable {
    private final Supplier<EventLogWriter> writers;
    private @Nullable EventLogWriter writer;
    private @Nullable CompletionStage<Long> last;

    public EventVoice(Supplier<EventLogWriter> writers) {
        this.writers = writers;
    }

    @Override
    public CompletionStage<?> apply(MeshEvent event) {
        CompletionStage<Long> before = last;
        if (before != null && before.toCompletableFuture().isCompletedExceptionally()) {
            close();
        }
        try {
            EventLogWriter current = writer;
            if (current == null) {
                current = writers.get();
                writer = current;
            }
            CompletionStage<Long> appended = current.append(event);
            last = appended;
            return appended;
        } catch (RuntimeException unreachable) {
            return CompletableFuture.failedFuture(unreachable);
        }
    }

    @Override
    public void close() {
        EventLogWriter current = writer;
        writer = null;
        last = null;
        if (current != null) {
            current.close();
        }
    }
}
