package io.meshlog.meshapi.command;

import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.meshapi.failure.Failure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/**
 * The fleet's checkpoints as its topic tells them. Looks on a thread of its own, one after another, with a connection for
 * each; at most {@value #MAX_WAITING} wait, further ones are refused as overloaded. Safe on any thread.
 */
public final class CheckpointCatalog {
    static final int MAX_WAITING = 16;

    private final Supplier<CheckpointTopic> topics;
    private final Executor thread;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param topics connects to the topic of checkpoints; may block
     * @param thread where it blocks
     */
    public CheckpointCatalog(Supplier<CheckpointTopic> topics, Executor thread) {
        this.topics = topics;
        this.thread = thread;
    }

    /** The place the next part of a checkpoint will have. */
    public CompletionStage<Long> end() {
        return ask(CheckpointTopic::end);
    }

    /** At most so many of the checkpoints there are, newest first. */
    public CompletionStage<List<Seal>> list(int most) {
        return ask(topic -> topic.list(most));
    }

    private <T> CompletionStage<T> ask(Function<CheckpointTopic, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            answer.completeExceptionally(
                    Failure.OVERLOADED.because("%d looks at the checkpoints wait already, the limit", MAX_WAITING));
            return answer;
        }
        thread.execute(() -> {
            try (CheckpointTopic topic = topics.get()) {
                answer.complete(question.apply(topic));
            } catch (KafkaException away) {
                answer.completeExceptionally(
                        Failure.LOG_UNAVAILABLE.because("the checkpoints cannot be looked at: %s", away));
            } catch (DamagedCheckpointException damaged) {
                answer.completeExceptionally(
                        Failure.NOT_FOUND.because("the checkpoints cannot be listed: %s", damaged));
            } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
            } finally {
                waiting.decrementAndGet();
            }
        });
        return answer;
    }
}
