package io.meshlog.projector;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then at what Streams waits for without a word: brokers that do not answer, and events that stay undecided
 * because no transaction can be committed. For one thread, which each look holds up for at most {@value #ANSWER_MS} ms.
 */
final class KafkaLook implements AutoCloseable {
    /** How long events may stay undecided before that is said, in milliseconds. */
    static final long PATIENCE_MS = 5_000;

    private static final long ANSWER_MS = 2_000;

    private final TopicPartition events;
    private final KafkaConnection kafka;
    private final Admin admin;
    private final Stall stall = new Stall();

    KafkaLook(KafkaConnection kafka, Topics topics) {
        this.kafka = kafka;
        this.events = new TopicPartition(topics.events(), Topics.PARTITION);
        this.admin = kafka.admin();
    }

    /**
     * What is missing, in words; null for nothing.
     *
     * @param active whether it is this instance that decides
     * @param decided the offset of the last event it decided
     */
    @Nullable
    String missing(boolean active, long decided) throws InterruptedException {
        try {
            ListOffsetsResultInfo end = admin.listOffsets(Map.of(events, OffsetSpec.latest()))
                    .partitionResult(events)
                    .get(ANSWER_MS, TimeUnit.MILLISECONDS);
            return active ? stall.words(end.offset(), decided, TimeUnit.NANOSECONDS.toMillis(System.nanoTime())) : null;
        } catch (TimeoutException | ExecutionException away) {
            return "Kafka at %s does not answer%s"
                    .formatted(kafka.bootstrapServers(), away.getCause() == null ? "" : ": " + away.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    /** Tells events that are on their way from events that do not move. */
    static final class Stall {
        private long lastDecided = -1;
        private long sinceMs;

        /**
         * @param end the offset the next event will have
         * @return null while the last event decided is the log's last, or moves
         */
        @Nullable
        String words(long end, long decided, long nowMs) {
            if (decided != lastDecided || end <= decided + 1) {
                lastDecided = decided;
                sinceMs = nowMs;
            }
            long stuckMs = nowMs - sinceMs;
            return stuckMs < PATIENCE_MS
                    ? null
                    : "%d events undecided, none decided for %d ms: the state is still being restored, or Kafka takes no transactions"
                            .formatted(end - decided - 1, stuckMs);
        }
    }
}
