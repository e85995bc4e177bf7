package io.meshlog.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.ChangelogRecords;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.wire.ReleaseIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChangelogTest {
    private static final UUID LOG_ID = new UUID(3, 4);
    private static final Duration MOMENT = Duration.ofMillis(200);

    @TempDir
    private static Path folder;

    private static Broker broker;

    private final ChangelogRecords records = new ChangelogRecords();

    @BeforeAll
    static void start() {
        broker = new Broker(folder);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static KafkaProducer<byte[], byte[]> projector(Topics topics) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                broker.connection().with(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.fleet() + "-projector")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Topics topics, FleetChange change) throws Exception {
        producer.send(new ProducerRecord<>(
                        topics.changelog(),
                        Topics.PARTITION,
                        records.key(change.key()),
                        records.value(ReleaseIds.NONE, change),
                        records.headers(LOG_ID, change)))
                .get();
    }

    private static List<ChangeRecord> read(ChangelogReader reader, int count) {
        List<ChangeRecord> read = new ArrayList<>();
        while (read.size() < count) {
            read.addAll(reader.poll(MOMENT));
        }
        return read;
    }

    @Test
    void changesAndTombstonesComeBackAsTheyWere() throws Exception {
        Topics topics = broker.fleetWithTopics();
        FleetChange change = Samples.change(1);
        try (KafkaProducer<byte[], byte[]> projector = projector(topics);
                ChangelogReader reader = new ChangelogReader(broker.connection(), topics)) {
            projector.beginTransaction();
            send(projector, topics, change);
            projector
                    .send(new ProducerRecord<>(
                            topics.changelog(),
                            Topics.PARTITION,
                            records.key(ResourceKey.FLEET),
                            null,
                            records.headers(LOG_ID, change)))
                    .get();
            projector.commitTransaction();

            reader.seek(reader.beginning(Broker.TIMEOUT));
            List<ChangeRecord> read = read(reader, 2);

            assertThat(read.get(0).change()).isEqualTo(change);
            assertThat(read.get(0).key()).isEqualTo(change.key());
            assertThat(read.get(0).logId()).isEqualTo(LOG_ID);
            assertThat(read.get(1).change()).isNull();
            assertThat(read.get(1).key()).isEqualTo(ResourceKey.FLEET);
            assertThat(read.get(1).logId()).isEqualTo(LOG_ID);
        }
    }

    @Test
    void theStableEndStandsBeforeAnOpenTransactionAndNothingOfItIsRead() throws Exception {
        // given a decided change, and an open transaction
        Topics topics = broker.fleetWithTopics();
        try (KafkaProducer<byte[], byte[]> projector = projector(topics);
                ChangelogReader reader = new ChangelogReader(broker.connection(), topics)) {
            projector.beginTransaction();
            send(projector, topics, Samples.change(1));
            projector.commitTransaction();
            long decided = 2; // the change and its transaction's marker
            projector.beginTransaction();
            send(projector, topics, Samples.change(2));

            // when
            reader.seek(0);

            // then
            assertThat(reader.stableEnd(Broker.TIMEOUT)).isEqualTo(decided);
            assertThat(read(reader, 1)).hasSize(1);
            while (reader.position() < decided) {
                assertThat(reader.poll(MOMENT)).isEmpty();
            }
            assertThat(reader.poll(MOMENT)).isEmpty();
            assertThat(reader.position()).isEqualTo(decided);

            // when it is aborted
            projector.abortTransaction();
            projector.beginTransaction();
            send(projector, topics, Samples.change(3));
            projector.commitTransaction();

            // then what follows is read, and the end is reached though no record has the last offset
            assertThat(read(reader, 1))
                    .extracting(record -> record.change().revision())
                    .containsExactly(3L);
            long end = reader.stableEnd(Broker.TIMEOUT);
            while (reader.position() < end) {
                assertThat(reader.poll(MOMENT)).isEmpty();
            }
            assertThat(reader.position()).isEqualTo(end).isEqualTo(6);
        }
    }

    @Test
    void aRecordThatIsNoChangeStopsTheReaderWhereItStands() throws Exception {
        Topics topics = broker.fleetWithTopics();
        try (KafkaProducer<byte[], byte[]> projector = projector(topics);
                ChangelogReader reader = new ChangelogReader(broker.connection(), topics)) {
            FleetChange change = Samples.change(1);
            projector.beginTransaction();
            send(projector, topics, change);
            projector
                    .send(new ProducerRecord<>(
                            topics.changelog(),
                            Topics.PARTITION,
                            records.key(ResourceKey.FLEET),
                            records.value(ReleaseIds.NONE, change),
                            records.headers(LOG_ID, change)))
                    .get();
            projector.commitTransaction();

            reader.seek(0);
            assertThat(read(reader, 1)).hasSize(1);
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(() -> read(reader, 1))
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessageContaining("offset 1");
            }
        }
    }
}
