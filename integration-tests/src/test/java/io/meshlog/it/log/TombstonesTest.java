package io.meshlog.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an empty replica's first reading, and the simulation's changelog, take for granted of Kafka's compaction. */
@Timeout(120)
class TombstonesTest {
    private static final TopicPartition PARTITION = new TopicPartition("compacted", 0);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MOMENT = Duration.ofMillis(200);

    @TempDir
    private static Path folder;

    @Test
    void aTombstoneIsKeptForItsTimeFromThePassOnThatTookWhatItReplaces() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 1, Map.of("log.cleaner.backoff.ms", "100"))) {
            // given a value and a tombstone that is older than delete.retention.ms, and never met a pass of the cleaner
            KafkaConnection connection = KafkaConnection.of(kafka.bootstrapServers());
            create(connection);
            say(connection, "key", "value", 4);
            say(connection, "key", null, 3);
            say(connection, "other", "value", 2);

            // when a pass takes the value
            await().atMost(Duration.ofSeconds(60)).until(() -> read(connection).getFirst() > 0);

            // then the tombstone stays: who has read the value has that long to read it
            assertThat(read(connection)).startsWith(1L);
        }
    }

    private static void create(KafkaConnection connection) throws Exception {
        NewTopic topic = new NewTopic(PARTITION.topic(), 1, (short) 1)
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.DELETE_RETENTION_MS_CONFIG,
                        String.valueOf(DAY.toMillis()),
                        TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                        "0.01",
                        TopicConfig.SEGMENT_MS_CONFIG,
                        "1000"));
        try (Admin admin = Admin.create(connection.with(Map.of()))) {
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    /** Each in a segment of its own, for they are days apart; the last one's is not compacted. */
    private static void say(KafkaConnection connection, String key, @Nullable String value, int daysAgo)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(connection.with(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            PARTITION.topic(),
                            PARTITION.partition(),
                            System.currentTimeMillis() - daysAgo * DAY.toMillis(),
                            bytes(key),
                            value == null ? null : bytes(value)))
                    .get();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The offsets that are there. */
    private static List<Long> read(KafkaConnection connection) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                connection.with(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, 0);
            List<ConsumerRecord<byte[], byte[]>> polled = List.of();
            while (polled.isEmpty()) {
                polled = consumer.poll(MOMENT).records(PARTITION);
            }
            return polled.stream().map(ConsumerRecord::offset).toList();
        }
    }
}
