package io.meshlog.it.checkpoint;

import static io.meshlog.it.checkpoint.Checkpointed.CLUSTER;
import static io.meshlog.it.checkpoint.Checkpointed.TIMEOUT;
import static io.meshlog.it.checkpoint.Checkpointed.awaitAllDecided;
import static io.meshlog.it.checkpoint.Checkpointed.checkpoint;
import static io.meshlog.it.checkpoint.Checkpointed.checkpoints;
import static io.meshlog.it.checkpoint.Checkpointed.loseState;
import static io.meshlog.it.checkpoint.Checkpointed.offset;
import static io.meshlog.it.checkpoint.Checkpointed.parts;
import static io.meshlog.it.checkpoint.Checkpointed.sayMuch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.checkpoint.CheckpointFile;
import io.meshlog.events.checkpoint.CheckpointTopicWriter;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.EncodedPart;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.projector.Projector;
import io.meshlog.projector.backup.FleetExport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class CheckpointTest {
    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void startBroker() {
        broker = FleetOnKafka.broker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static FleetOnKafka fleet(String name) {
        return new FleetOnKafka(name, broker.bootstrapServers(), folder);
    }

    @Test
    void aStateThatIsLostIsBuiltFromTheNewestWholeCheckpoint_andNobodyCanTell() throws Exception {
        try (FleetOnKafka fleet = fleet("rebuilt")) {
            Projector projector = fleet.start("one");
            fleet.begin(CLUSTER);
            sayMuch(fleet, 0, 300);
            Seal seal = checkpoint(fleet);
            sayMuch(fleet, 300, 400);
            awaitAllDecided(fleet, projector);
            writeWithoutEnd(fleet, seal);
            assertThat(checkpoints(fleet).getFirst()).isEqualTo(seal);
            loseState(fleet, seal.checkpoint().eventOffset() + 1);
            FleetContents before = FleetContents.of(fleet);

            Projector again = fleet.start("two");
            fleet.upsert(CLUSTER, "after", "1");
            fleet.awaitDecided(CLUSTER);

            FleetContents after = FleetContents.of(fleet);
            assertThat(again.status().trouble()).isNull();
            assertThat(after.revision()).isEqualTo(before.revision() + 1);
            assertThat(after.writes().subList(0, before.writes().size())).isEqualTo(before.writes());
            assertThat(after.writes()).isSorted();
            assertThat(after.resources()).containsAllEntriesOf(before.resources());
            // the fold's own digest, of the state that was built anew, is checked against the changelog here
            assertThat(checkpoint(fleet).checkpoint().revision()).isEqualTo(after.revision());
        }
    }

    /** Parts of a newer checkpoint whose maker was killed. */
    private static void writeWithoutEnd(FleetOnKafka fleet, Seal seal) throws Exception {
        Checkpoint was = seal.checkpoint();
        Checkpoint killed = new Checkpoint(
                UUID.randomUUID(), was.logId(), was.revision() + 1, was.eventOffset() + 1, was.featureLevel(), 3);
        try (CheckpointTopicWriter writer =
                new CheckpointTopicWriter(fleet.kafka, fleet.topics, ReleaseIds.NONE, TIMEOUT)) {
            for (int part = 0; part < 2; part++) {
                writer.write(killed, parts(fleet, seal).getFirst());
            }
            assertThatThrownBy(() -> writer.seal(was, parts(fleet, seal).getFirst(), 0, seal))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aDamagedPartIsRefusedInWords_andTheCheckpointBeforeItIsUsed() throws Exception {
        try (FleetOnKafka fleet = fleet("damaged")) {
            Projector projector = fleet.start("one");
            fleet.begin(CLUSTER);
            sayMuch(fleet, 0, 100);
            Seal whole = checkpoint(fleet);
            sayMuch(fleet, 100, 150);
            Seal newest = checkpoint(fleet);
            awaitAllDecided(fleet, projector);
            FleetContents before = FleetContents.of(fleet);
            damage(fleet, newest);

            assertThat(checkpoints(fleet).getFirst().offset()).isGreaterThan(newest.offset());
            assertThatThrownBy(() -> parts(fleet, checkpoints(fleet).getFirst()))
                    .isInstanceOf(DamagedCheckpointException.class)
                    .hasMessageContaining("does not give the digest");
            FleetExport.Exported exported = new FleetExport(fleet.kafka, fleet.topics)
                    .export(folder.resolve("damaged.checkpoint"), true, written -> {});
            assertThat(exported.checkpoint()).isEqualTo(newest.checkpoint());
            assertThat(exported.passedOver()).singleElement().asString().contains("does not give the digest");

            // the state can still be had: from the one before
            loseState(fleet, whole.checkpoint().eventOffset() + 1);
            Projector again = fleet.start("two");
            fleet.upsert(CLUSTER, "after", "1");
            fleet.awaitDecided(CLUSTER);
            assertThat(again.status().trouble()).isNull();
            assertThat(FleetContents.of(fleet).revision()).isEqualTo(before.revision() + 1);
        }
    }

    /** Writes a checkpoint again with the parts of a smaller state, each in order and whole in itself. */
    private static void damage(FleetOnKafka fleet, Seal newest) throws Exception {
        Seal older = checkpoints(fleet).get(1);
        Checkpoint pretended = newest.checkpoint();
        EncodedPart part = parts(fleet, older).getFirst();
        var codec = new CheckpointCodec();
        var changes = new ChangeCodec();
        List<FleetChange> held = part.decode(codec).entries();
        List<byte[]> entries = held.stream().map(changes::encode).toList();
        long written = changes.fingerprint(held.getFirst());
        Checkpoint altered = new Checkpoint(
                UUID.randomUUID(),
                pretended.logId(),
                pretended.revision(),
                pretended.eventOffset(),
                pretended.featureLevel(),
                1);
        EncodedPart wrong = new EncodedPart(
                codec.fingerprintFor(written),
                Bytes.owned(codec.encode(
                        altered,
                        0,
                        written,
                        entries.subList(0, entries.size() - 5),
                        part.decode(codec).digest())));
        try (CheckpointTopicWriter writer =
                new CheckpointTopicWriter(fleet.kafka, fleet.topics, ReleaseIds.NONE, TIMEOUT)) {
            writer.seal(altered, wrong, 0, newest);
        }
    }

    @Test
    void bytesThatWereAlteredAreRefusedInWords() throws Exception {
        try (FleetOnKafka fleet = fleet("altered")) {
            Projector projector = fleet.start("one");
            fleet.begin(CLUSTER);
            sayMuch(fleet, 0, 50);
            Seal seal = checkpoint(fleet);
            awaitAllDecided(fleet, projector);
            Path file = folder.resolve("altered.checkpoint");
            new FleetExport(fleet.kafka, fleet.topics).export(file, true, written -> {});

            CheckpointFile read = new CheckpointFile(file);
            assertThat(read.check().title().checkpoint()).isEqualTo(seal.checkpoint());
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            assertThatThrownBy(read::check)
                    .isInstanceOf(DamagedCheckpointException.class)
                    .hasMessageContaining("altered.checkpoint is damaged at byte")
                    .hasMessageContaining("do not give its checksum");
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
            assertThatThrownBy(read::check).hasMessageContaining("cut short");

            copyLastRecordWithAnotherByte(fleet);
            assertThat(checkpoints(fleet)).doesNotHaveDuplicates().first().isEqualTo(seal);
            Seal altered = new Seal(
                    seal.checkpoint(), seal.bytes(), 0, 0, seal.offset() + 1, seal.offset() + 1, seal.offset());
            assertThatThrownBy(() -> parts(fleet, altered))
                    .isInstanceOf(DamagedCheckpointException.class)
                    .hasMessageContaining("do not give its hash");
        }
    }

    private static void copyLastRecordWithAnotherByte(FleetOnKafka fleet) throws Exception {
        TopicPartition partition = new TopicPartition(fleet.topics.checkpoints(), 0);
        ConsumerRecord<byte[], byte[]> last;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                fleet.kafka.with(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            consumer.seek(partition, end - 1);
            List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                return !read.isEmpty();
            });
            last = read.getLast();
        }
        byte[] value = last.value().clone();
        value[value.length - 1] ^= 1;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(fleet.kafka.with(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(last.topic(), 0, null, last.key(), value, last.headers()))
                    .get();
        }
    }

    @Test
    void onlyTheNewestAreKept_andEventsGoWhenTheOldestKeptContainsThemAndTheyAreOld() throws Exception {
        try (FleetOnKafka fleet = fleet("kept")) {
            fleet.start(
                    "one", Map.of("MESHLOG_PROJECTOR_CHECKPOINT_KEEP", "2", "MESHLOG_PROJECTOR_EVENTS_KEEP_MS", "0"));
            fleet.begin(CLUSTER);
            List<Seal> made = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sayMuch(fleet, i * 10, i * 10 + 10);
                made.add(checkpoint(fleet));
            }

            Seal oldestKept = made.get(2);
            await("older ones are deleted").atMost(FleetOnKafka.PATIENCE).untilAsserted(() -> {
                assertThat(checkpoints(fleet)).containsExactly(made.get(3), made.get(2));
                assertThat(offset(fleet, fleet.topics.events(), OffsetSpec.earliest()))
                        .isEqualTo(oldestKept.checkpoint().eventOffset() + 1);
            });
        }
    }
}
