package io.meshlog.it.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.checkpoint.CheckpointFile;
import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.events.checkpoint.CheckpointTopicWriter;
import io.meshlog.events.checkpoint.DamagedCheckpointException;
import io.meshlog.events.checkpoint.EncodedPart;
import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.projector.Projector;
import io.meshlog.projector.backup.FleetExport;
import io.meshlog.projector.backup.FleetRestore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
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
    private static final String CLUSTER = "eastus";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

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

    private static void sayMuch(FleetOnKafka fleet, int from, int to) {
        for (int i = from; i < to; i++) {
            fleet.upsert(CLUSTER, "key-" + i % 97, "value-" + i);
            if (i % 7 == 0) {
                fleet.delete(CLUSTER, "key-" + i % 89);
            }
        }
        fleet.awaitDecided(CLUSTER);
    }

    private static List<Seal> checkpoints(FleetOnKafka fleet) {
        try (CheckpointTopic topic = new CheckpointTopic(fleet.kafka, fleet.topics, TIMEOUT)) {
            return topic.list(CheckpointTopic.MOST);
        }
    }

    /** Asks for a checkpoint as an operator does, and waits for it. */
    private static Seal checkpoint(FleetOnKafka fleet) {
        long asked =
                fleet.command(new Statement.AskDigest()).toCompletableFuture().join();
        return await("a checkpoint after event " + asked)
                .atMost(FleetOnKafka.PATIENCE)
                .until(
                        () -> checkpoints(fleet).stream().findFirst().orElse(null),
                        seal -> seal != null && seal.checkpoint().eventOffset() > asked);
    }

    /** All of a checkpoint's parts. */
    private static List<EncodedPart> parts(FleetOnKafka fleet, Seal seal) {
        List<EncodedPart> parts = new ArrayList<>();
        try (CheckpointTopic topic = new CheckpointTopic(fleet.kafka, fleet.topics, TIMEOUT)) {
            topic.read(seal, (encoded, part) -> parts.add(encoded));
        }
        return parts;
    }

    private static void awaitAllDecided(FleetOnKafka fleet, Projector projector) {
        long end = offset(fleet, fleet.topics.events(), OffsetSpec.latest());
        await("everything is decided")
                .atMost(FleetOnKafka.PATIENCE)
                .until(() -> projector.status().lastEventOffset() >= end - 1);
        projector.close();
    }

    private static long offset(FleetOnKafka fleet, String topic, OffsetSpec spec) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = fleet.admin()) {
            return admin.listOffsets(Map.of(partition, spec))
                    .partitionResult(partition)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .offset();
        }
    }

    @Test
    void aFleetIsMovedToAnEmptyKafka_withTheSameRevisionsVersionsAndDigests() throws Exception {
        Path file = folder.resolve("moved.checkpoint");
        try (FleetOnKafka before = fleet("moved");
                EmbeddedKafka empty = FleetOnKafka.broker(folder.resolve("empty"));
                FleetOnKafka moved = moveAfterEvents(before, empty, file)) {
            FleetContents was = FleetContents.of(before);

            Projector projector = moved.start("there");
            await("the events after the checkpoint are decided")
                    .atMost(FleetOnKafka.PATIENCE)
                    .until(() -> FleetContents.of(moved).revision() == was.revision());
            FleetContents is = FleetContents.of(moved);
            assertThat(is.resources()).isEqualTo(was.resources());
            assertThat(is.digest()).isEqualTo(was.digest());

            moved.upsert(CLUSTER, "said-there", "1");
            moved.awaitDecided(CLUSTER);
            assertThat(FleetContents.of(moved).revision()).isEqualTo(was.revision() + 1);
            assertThat(projector.status().trouble()).isNull();

            // and once more, from the Kafka it was moved to
            Seal again = checkpoint(moved);
            assertThat(again.checkpoint().revision()).isEqualTo(was.revision() + 1);
            assertThat(new FleetExport(moved.kafka, moved.topics)
                            .export(file, true)
                            .checkpoint())
                    .isEqualTo(again.checkpoint());
        }
    }

    @Test
    void aFleetThatLostEventsIsRestoredUnderANewLogId() throws Exception {
        Path file = folder.resolve("lost.checkpoint");
        try (FleetOnKafka before = fleet("lost");
                EmbeddedKafka empty = FleetOnKafka.broker(folder.resolve("lost-empty"))) {
            Projector projector = before.start("here");
            before.begin(CLUSTER);
            sayMuch(before, 0, 100);
            Checkpoint kept = checkpoint(before).checkpoint();
            awaitAllDecided(before, projector);
            assertThat(new FleetExport(before.kafka, before.topics)
                            .export(file, false)
                            .events())
                    .isZero();

            FleetOnKafka restored = before.movedTo(empty.bootstrapServers(), folder.resolve("lost-there"));
            new FleetRestore(restored.kafka, new FleetRestore.Options((short) 1, null, "its disk is lost"))
                    .restore(file);
            try (restored) {
                restored.start("there");
                restored.awaitChange(
                        "the refounding",
                        record -> record.key().equals(ResourceKey.FLEET)
                                && record.change() != null
                                && record.change().revision() == kept.revision() + 1
                                && !kept.logId().equals(record.logId()));
                restored.upsert(CLUSTER, "after", "1");
                restored.awaitDecided(CLUSTER);
                assertThat(FleetContents.of(restored).revision()).isEqualTo(kept.revision() + 2);
                assertThat(checkpoint(restored).checkpoint().logId()).isNotEqualTo(kept.logId());
            }
        }
    }

    /** Says things, keeps a checkpoint, says more, stops, and restores it over there. */
    private static FleetOnKafka moveAfterEvents(FleetOnKafka before, EmbeddedKafka empty, Path file) throws Exception {
        Projector projector = before.start("here");
        before.begin(CLUSTER);
        sayMuch(before, 0, 500);
        Seal seal = checkpoint(before);
        sayMuch(before, 500, 800);
        awaitAllDecided(before, projector);

        FleetExport.Exported exported = new FleetExport(before.kafka, before.topics).export(file, true);
        assertThat(exported.checkpoint()).isEqualTo(seal.checkpoint());
        assertThat(exported.events()).isGreaterThan(300);
        FleetOnKafka moved = before.movedTo(empty.bootstrapServers(), folder.resolve("there"));
        FleetRestore restore = new FleetRestore(moved.kafka, new FleetRestore.Options((short) -1, null, null));
        FleetRestore.Restored restored = restore.restore(file);
        assertThat(restored.events()).isEqualTo(exported.events());
        assertThatThrownBy(() -> restore.restore(file)).hasMessageContaining("has something of fleet moved already");
        return moved;
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
        try (CheckpointTopicWriter writer = new CheckpointTopicWriter(fleet.kafka, fleet.topics, 0, TIMEOUT)) {
            for (int part = 0; part < 2; part++) {
                writer.write(killed, parts(fleet, seal).getFirst());
            }
            assertThatThrownBy(() -> writer.seal(was, parts(fleet, seal).getFirst(), 0, seal))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /** What Streams kept, the group's offset, and the oldest events. */
    private static void loseState(FleetOnKafka fleet, long firstKeptEvent) throws Exception {
        String group = fleet.topics.fleet() + "-projector";
        try (Admin admin = fleet.admin()) {
            admin.deleteTopics(List.of(group + "-fleet-changelog")).all().get();
            await("the group is empty")
                    .atMost(FleetOnKafka.PATIENCE)
                    .untilAsserted(() ->
                            admin.deleteConsumerGroups(List.of(group)).all().get());
            admin.deleteRecords(Map.of(
                            new TopicPartition(fleet.topics.events(), 0), RecordsToDelete.beforeOffset(firstKeptEvent)))
                    .all()
                    .get();
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
            FleetExport.Exported exported =
                    new FleetExport(fleet.kafka, fleet.topics).export(folder.resolve("damaged.checkpoint"), true);
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
        List<byte[]> entries = part.decode(codec).entries().stream()
                .map(changes::encodeAsWritten)
                .toList();
        Checkpoint altered = new Checkpoint(
                UUID.randomUUID(),
                pretended.logId(),
                pretended.revision(),
                pretended.eventOffset(),
                pretended.featureLevel(),
                1);
        EncodedPart wrong = new EncodedPart(
                codec.fingerprintFor(changes.fingerprint()),
                Bytes.owned(codec.encode(
                        altered,
                        0,
                        changes.fingerprint(),
                        entries.subList(0, entries.size() - 5),
                        part.decode(codec).digest())));
        try (CheckpointTopicWriter writer = new CheckpointTopicWriter(fleet.kafka, fleet.topics, 0, TIMEOUT)) {
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
            new FleetExport(fleet.kafka, fleet.topics).export(file, true);

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
