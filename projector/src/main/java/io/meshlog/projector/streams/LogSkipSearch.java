package io.meshlog.projector.streams;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Searches with a consumer of its own. Bounded by where the log ended when it was asked and by a time: past that it fails
 * as a passing fault, to be asked again.
 */
public final class LogSkipSearch implements SkipSearch {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();

    private final KafkaConnection kafka;
    private final TopicPartition events;
    private final EventCodec codec = new EventCodec();

    public LogSkipSearch(KafkaConnection kafka, Topics topics) {
        this.kafka = kafka;
        this.events = new TopicPartition(topics.events(), Topics.PARTITION);
    }

    @Override
    public Optional<MeshEvent> find(long offset) {
        long startedNanos = System.nanoTime();
        try (Consumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(events));
            consumer.seek(events, offset + 1);
            long end =
                    Objects.requireNonNull(consumer.endOffsets(List.of(events)).get(events));
            while (consumer.position(events) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    MeshEvent event = read(record);
                    if (event != null && skips(event, offset)) {
                        return Optional.of(event);
                    }
                }
                if (System.nanoTime() - startedNanos > LONGEST_NANOS) {
                    throw new TimeoutException("no SKIP for offset %d up to offset %d, the log ends at %d"
                            .formatted(offset, consumer.position(events), end));
                }
            }
            return Optional.empty();
        }
    }

    private static boolean skips(MeshEvent event, long offset) {
        return event.sender().cluster() == null
                && event.statement() instanceof Statement.Skip skip
                && skip.offset() == offset;
    }

    /** Null for what this version does not know either: it is no SKIP, because SKIP it knows. */
    private @Nullable MeshEvent read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return EventRecord.read(codec, record.offset(), record.headers(), record.value());
        } catch (UnknownOpException | UnknownSchemaException newer) {
            return null;
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                kafka.with(Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
