package io.meshlog.it.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Violation;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.WireHeaders;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorStatus.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fold must not pass over, and what it must. */
final class RefusalTest {
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
    void aHoleInTheLogStopsTheFold() throws Exception {
        try (FleetOnKafka fleet = fleet("hole")) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.awaitDecided("eastus");

            // a transaction's marker takes an offset
            appendRaw(fleet, new byte[] {9}, new RecordHeaders(), true);
            fleet.upsert("eastus", "a", "1");

            assertThat(awaitStopped(projector)).contains("events are missing from the log");
        }
    }

    @Test
    void whatANewerVersionSaysStopsTheFold_untilAnEventSkipsIt() throws Exception {
        try (FleetOnKafka fleet = fleet("newer")) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.upsert("eastus", "a", "1");
            fleet.awaitDecided("eastus");

            long offset = appendRaw(
                    fleet,
                    ConfluentWire.frame(0, unknownOp()),
                    new RecordHeaders()
                            .add(
                                    WireHeaders.SCHEMA,
                                    WireHeaders.ofFingerprint(
                                            ReleasedSchemas.of("MeshEvent").fingerprint(1))),
                    false);
            fleet.upsert("eastus", "b", "1");
            assertThat(awaitStopped(projector))
                    .contains("offset " + offset)
                    .contains("run a version that knows it, or pass over it with a SKIP event");

            fleet.command(new Statement.Skip(offset, "an experiment"));
            fleet.awaitDecided("eastus");

            fleet.awaitChange(
                    "the violation for what was passed over",
                    record -> record.change() != null
                            && record.change().kind() == Kind.VIOLATION
                            && record.change().provenance().eventOffset() == offset);
            assertThat(projector.status().trouble()).isNull();
        }
    }

    @Test
    void aClusterCannotSkip() throws Exception {
        try (FleetOnKafka fleet = fleet("cannot-skip")) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.awaitDecided("eastus");
            long offset = appendRaw(
                    fleet,
                    ConfluentWire.frame(0, new byte[0]),
                    new RecordHeaders().add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(4711)),
                    false);
            fleet.say("eastus", new Statement.Skip(offset, "please"))
                    .toCompletableFuture()
                    .join();
            assertThat(awaitStopped(projector)).contains("fingerprint");

            // a new start looks for a SKIP at once
            projector.close();
            Projector again = fleet.start("two");
            assertThat(awaitStopped(again)).contains("fingerprint");
        }
    }

    @Test
    void malformedBytesBecomeAViolation_andTheFoldGoesOn() throws Exception {
        try (FleetOnKafka fleet = fleet("malformed")) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.awaitDecided("eastus");
            var known = new RecordHeaders()
                    .add(
                            WireHeaders.SCHEMA,
                            WireHeaders.ofFingerprint(
                                    ReleasedSchemas.of("MeshEvent").fingerprint(1)));

            appendRaw(fleet, new byte[] {1, 2, 3}, known, false);
            appendRaw(fleet, ConfluentWire.frame(0, new byte[] {1, 2, 3}), known, false);
            long last = appendRaw(fleet, null, known, false);
            fleet.upsert("eastus", "a", "1");
            fleet.awaitDecided("eastus");

            var values = new io.meshlog.events.codec.ValueCodec();
            var violations = fleet.changes().stream()
                    .filter(record -> record.change() != null && record.change().kind() == Kind.VIOLATION)
                    .map(record ->
                            (Violation) values.decode(record.change().value()).resource())
                    .toList();
            assertThat(violations).hasSize(3).extracting(Violation::rule).containsOnly(Rule.MALFORMED);
            assertThat(projector.status().trouble()).isNull();
            assertThat(projector.status().lastEventOffset()).isGreaterThan(last);
            fleet.assertChangelogIsTheFoldOfTheLog();
        }
    }

    @Test
    void topicsThatBreakThePromisesAreRefused() throws Exception {
        try (FleetOnKafka fleet = fleet("two-partitions");
                Admin admin = fleet.admin()) {
            admin.createTopics(List.of(new NewTopic(fleet.topics.events(), 2, (short) 1)))
                    .all()
                    .get();

            Projector projector = fleet.start("one");

            assertThat(awaitStopped(projector))
                    .contains("topic two-partitions.events has 2 partitions, it must have 1")
                    .contains("message.timestamp.type=CreateTime, it must be LogAppendTime");
        }
    }

    @Test
    void aFirstStartWithoutTheLogsBeginningIsRefused() throws Exception {
        try (FleetOnKafka fleet = fleet("no-beginning").makeTopics()) {
            appendRaw(fleet, new byte[] {1}, new RecordHeaders(), false);
            appendRaw(fleet, new byte[] {2}, new RecordHeaders(), false);
            deleteBefore(fleet, 1);

            Projector projector = fleet.start("one");

            assertThat(awaitStopped(projector)).contains("a start needs a checkpoint or the log from its founding on");
        }
    }

    @Test
    void aStartWithoutTheNextEventIsRefused() throws Exception {
        try (FleetOnKafka fleet = fleet("next-gone")) {
            Projector projector = fleet.start("one");
            fleet.begin("eastus");
            fleet.awaitDecided("eastus");
            projector.close();
            fleet.upsert("eastus", "a", "1").toCompletableFuture().join();
            long last = fleet.upsert("eastus", "b", "1").toCompletableFuture().join();
            deleteBefore(fleet, last);

            Projector again = fleet.start("one");

            assertThat(awaitStopped(again)).contains("events were deleted before they were decided");
        }
    }

    @Test
    void anotherVersionsFoundingIsRefused() throws Exception {
        try (FleetOnKafka fleet = fleet("not-founded").makeTopics()) {
            MeshEvent event = new MeshEvent(
                    UUID.randomUUID(),
                    new MeshEvent.Sender(null, "test", "", "operator", 1, 0),
                    OptionalLong.empty(),
                    new Statement.OpenSession(UUID.randomUUID()));
            appendRaw(
                    fleet,
                    ConfluentWire.frame(0, new EventCodec().encode(event)),
                    new RecordHeaders()
                            .add(
                                    WireHeaders.SCHEMA,
                                    WireHeaders.ofFingerprint(
                                            ReleasedSchemas.of("MeshEvent").fingerprint(1))),
                    false);

            Projector projector = fleet.start("one");

            assertThat(awaitStopped(projector)).contains("a log begins with FOUND");
        }
    }

    @Test
    void waitsInWords_whileKafkaIsAway() {
        try (FleetOnKafka fleet = new FleetOnKafka("away", "127.0.0.1:1", folder)) {
            Projector projector = fleet.start("one");

            await().atMost(FleetOnKafka.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(projector.status().trouble()).contains("cannot be made"));
            assertThat(projector.status().state()).isInstanceOf(State.Waiting.class);
        }
    }

    private static String awaitStopped(Projector projector) {
        await().atMost(FleetOnKafka.PATIENCE).until(() -> projector.status().state() instanceof State.Stopped);
        return projector.status().trouble();
    }

    private static void deleteBefore(FleetOnKafka fleet, long offset) throws Exception {
        try (Admin admin = fleet.admin()) {
            admin.deleteRecords(
                            Map.of(new TopicPartition(fleet.topics.events(), 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    /** An event of an op that this version does not know, as the schema's default makes of it. */
    private static byte[] unknownOp() throws IOException {
        var schema = ReleasedSchemas.of("MeshEvent").inOrder().getFirst();
        GenericData.Record record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> {
            if (field.hasDefaultValue()) {
                record.put(field.name(), GenericData.get().getDefaultValue(field));
            }
        });
        record.put("eventId", UUID.randomUUID().toString());
        record.put("op", new GenericData.EnumSymbol(schema.getField("op").schema(), "UNKNOWN"));
        record.put("principal", "a newer version");
        record.put("writer", "newer");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<IndexedRecord>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static long appendRaw(FleetOnKafka fleet, byte[] value, Headers headers, boolean transactional)
            throws Exception {
        Map<String, Object> settings =
                fleet.kafka.with(transactional ? Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "stranger") : Map.of());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            if (transactional) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            Future<org.apache.kafka.clients.producer.RecordMetadata> sent = producer.send(new ProducerRecord<>(
                    fleet.topics.events(), 0, "test".getBytes(StandardCharsets.UTF_8), value, headers));
            producer.flush();
            if (transactional) {
                producer.commitTransaction();
            }
            return sent.get().offset();
        }
    }
}
