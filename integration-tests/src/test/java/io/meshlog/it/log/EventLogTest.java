package io.meshlog.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.log.EventLogReader;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.LogLostException;
import io.meshlog.events.log.NewestRecordIds;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Statement;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.WireHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EventLogTest {
    private static final int SCHEMA_ID = 17;
    private static final ReleaseIds IDS =
            new ReleaseIds(Map.of(ReleasedSchemas.of("MeshEvent").fingerprint(1), SCHEMA_ID));

    @TempDir
    private static Path folder;

    private static Broker broker;

    @BeforeAll
    static void start() {
        broker = new Broker(folder);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static KafkaEventLogWriter writer(Topics topics) {
        return new KafkaEventLogWriter(broker.connection(), topics, IDS, Duration.ofSeconds(20));
    }

    private static List<EventRecord> read(EventLogReader reader, int count) {
        List<EventRecord> read = new ArrayList<>();
        while (read.size() < count) {
            read.addAll(reader.poll(Duration.ofMillis(200)));
        }
        return read;
    }

    private static long append(KafkaEventLogWriter writer, long number) throws Exception {
        return writer.append(Samples.event(number)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void offsetsHaveNoHolesAndEventsComeInTheOrderTheyWereSaid() throws Exception {
        // given
        Topics topics = broker.fleetWithTopics();
        int count = 5_000;
        List<CompletableFuture<Long>> appended = new ArrayList<>();

        // when
        try (KafkaEventLogWriter writer = writer(topics)) {
            for (int i = 0; i < count; i++) {
                appended.add(writer.append(Samples.event(i)).toCompletableFuture());
            }
            CompletableFuture.allOf(appended.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        }

        // then
        assertThat(appended.stream().map(CompletableFuture::join))
                .containsExactlyElementsOf(LongStream.range(0, count).boxed().toList());
        try (EventLogReader reader = new EventLogReader(broker.connection(), topics)) {
            reader.seek(reader.beginning(Broker.TIMEOUT));
            List<EventRecord> read = read(reader, count);
            for (int i = 0; i < count; i++) {
                assertThat(read.get(i).offset()).isEqualTo(i);
                assertThat(read.get(i).event()).isEqualTo(Samples.event(i));
            }
            assertThat(reader.position()).isEqualTo(count).isEqualTo(reader.end(Broker.TIMEOUT));
        }
    }

    @Test
    void theLogSaysWhenItTookAnEventIn() throws Exception {
        Topics topics = broker.fleetWithTopics();
        long before = System.currentTimeMillis();
        try (KafkaEventLogWriter writer = writer(topics);
                EventLogReader reader = new EventLogReader(broker.connection(), topics)) {
            append(writer, 1);
            reader.seek(0);
            assertThat(read(reader, 1).getFirst().timestampMs()).isBetween(before - 1, System.currentTimeMillis() + 1);
        }
    }

    @Test
    void aStartThatWasDeletedIsSaidToBeLost() throws Exception {
        // given
        Topics topics = broker.fleetWithTopics();
        try (KafkaEventLogWriter writer = writer(topics)) {
            for (int i = 0; i < 10; i++) {
                append(writer, i);
            }
        }
        TopicPartition partition = new TopicPartition(topics.events(), Topics.PARTITION);
        broker.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(5)))
                .all()
                .get();

        try (EventLogReader reader = new EventLogReader(broker.connection(), topics)) {
            // when, then
            reader.seek(3);
            assertThatThrownBy(() -> read(reader, 1))
                    .isInstanceOfSatisfying(
                            LogLostException.class,
                            lost -> assertThat(lost.wantedOffset()).isEqualTo(3))
                    .hasMessageContaining(topics.events());
            // and beyond the end, as after a truncation
            reader.seek(11);
            assertThatThrownBy(() -> read(reader, 1)).isInstanceOf(LogLostException.class);
            reader.seek(5);
            assertThat(read(reader, 5).getFirst().offset()).isEqualTo(5);
        }
    }

    @Test
    void aRecordOfANewerVersionIsMetAgainAndNeverPassedOver() throws Exception {
        // given two events, a record of a newer version, and an event
        Topics topics = broker.fleetWithTopics();
        try (KafkaEventLogWriter writer = writer(topics)) {
            append(writer, 1);
            append(writer, 2);
            produce(topics, new RecordHeaders().add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(99)), frame());
            append(writer, 4);
        }
        try (EventLogReader reader = new EventLogReader(broker.connection(), topics)) {
            reader.seek(0);

            // when, then: what came before is given out
            assertThat(read(reader, 2)).extracting(EventRecord::offset).containsExactly(0L, 1L);
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> read(reader, 1)).isInstanceOf(UnknownSchemaException.class);
                assertThat(reader.position()).isEqualTo(2);
            }
        }
    }

    @Test
    void whatIsMalformedForEveryoneComesAsSuch() throws Exception {
        // given
        Topics topics = broker.fleetWithTopics();
        long fingerprint = ReleasedSchemas.of("MeshEvent").fingerprint(1);
        RecordHeaders known = new RecordHeaders();
        known.add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(fingerprint));
        produce(topics, known, frame());
        produce(topics, known, new byte[] {1, 2});
        produce(topics, known, null);
        produce(topics, new RecordHeaders(), frame());

        // when, then
        try (EventLogReader reader = new EventLogReader(broker.connection(), topics)) {
            reader.seek(0);
            assertThat(read(reader, 4))
                    .allSatisfy(
                            record -> assertThat(record.event().statement()).isInstanceOf(Statement.Malformed.class));
        }
    }

    @Test
    void anEventTooLargeFailsAloneAndTheLargestIsTaken() throws Exception {
        Topics topics = broker.fleetWithTopics();
        try (KafkaEventLogWriter writer = writer(topics)) {
            assertThatThrownBy(() -> writer.append(Samples.eventOfBytes(Topics.MAX_EVENT_BYTES))
                            .toCompletableFuture()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the limit is 1048576");

            int overhead = new EventCodec().encode(Samples.eventOfBytes(100_000)).length - 100_000;
            assertThat(writer.append(Samples.eventOfBytes(Topics.MAX_EVENT_BYTES - overhead - 2))
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .isZero();
            assertThat(append(writer, 2)).isEqualTo(1);
        }
    }

    @Test
    void afterAFailureAWriterTakesNothingMore() throws Exception {
        // given a log that is gone
        Topics topics = broker.fleetWithTopics();
        try (KafkaEventLogWriter writer =
                new KafkaEventLogWriter(broker.connection(), topics, IDS, Duration.ofSeconds(2))) {
            append(writer, 1);
            broker.admin().deleteTopics(List.of(topics.events())).all().get();

            // when
            assertThatThrownBy(() -> {
                        while (true) {
                            append(writer, 2);
                        }
                    })
                    .isInstanceOf(ExecutionException.class);

            // then, at once
            assertThat(writer.append(Samples.event(3)).toCompletableFuture()).isCompletedExceptionally();
        }
    }

    @Test
    void theNewestRecordsSchemaIdIsFound() throws Exception {
        Topics topics = broker.fleetWithTopics();
        NewestRecordIds ids = new NewestRecordIds(broker.connection(), Broker.TIMEOUT);
        long fingerprint = ReleasedSchemas.of("MeshEvent").fingerprint(1);
        assertThat(ids.newest(topics.events(), fingerprint)).isEmpty();
        try (KafkaEventLogWriter writer = writer(topics)) {
            append(writer, 1);
        }
        produce(topics, new RecordHeaders().add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(99)), frame());

        assertThat(ids.newest(topics.events(), fingerprint)).hasValue(SCHEMA_ID);
        assertThat(ids.newest(topics.events(), 98)).isEmpty();
    }

    private static byte[] frame() {
        return ConfluentWire.frame(SCHEMA_ID, new byte[] {7, 7, 7});
    }

    private static void produce(Topics topics, Headers headers, byte[] value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.connection().with(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.events(), 0, new byte[] {1}, value, headers))
                    .get();
        }
    }
}
