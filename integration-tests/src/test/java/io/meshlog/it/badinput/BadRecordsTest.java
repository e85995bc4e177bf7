package io.meshlog.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.ReleasedSchemas;
import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Statement;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.WireHeaders;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorStatus.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that no gateway writes, put into the log by somebody who may. */
final class BadRecordsTest {
    private static final int RECORDS = 10_000;
    private static final String GOOD = "westus";

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;

    private final EventCodec codec = new EventCodec();

    @BeforeAll
    static void startBroker() {
        broker = FleetOnKafka.broker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void badRecordsAmongGoodOnesAreDecidedAndNothingIsLost() throws Exception {
        Mutations mutations = new Mutations(Mutations.seed());
        List<byte[]> golden = Mutations.golden("event-");
        try (FleetOnKafka fleet = new FleetOnKafka("bad-records", broker.bootstrapServers(), folder);
                KafkaProducer<byte[], byte[]> producer = producer(fleet)) {
            Projector projector = fleet.start("one");
            fleet.begin(GOOD);
            Future<RecordMetadata> last = null;
            for (int sent = 0; sent < RECORDS; ) {
                var bad = bad(fleet, mutations, golden);
                if (!isForEveryone(bad)) {
                    continue;
                }
                last = producer.send(bad);
                if (sent++ % 100 == 0) {
                    fleet.upsert(GOOD, "good-%03d".formatted(sent / 100), "value");
                }
            }
            long end = last.get().offset();
            fleet.awaitDecided(GOOD);
            await().atMost(FleetOnKafka.PATIENCE).until(() -> projector.status().lastEventOffset() >= end);

            assertThat(projector.status().trouble()).isNull();
            fleet.assertChangelogIsTheFoldOfTheLog();
            assertThat(fleet.keysThere())
                    .containsAll(IntStream.range(0, 100)
                            .mapToObj(i -> FleetOnKafka.key(GOOD, "good-%03d".formatted(i)))
                            .toList());
        }
    }

    @Test
    void aSchemaNobodyKnowsStopsTheLog_andASkipLetsItGoOn() throws Exception {
        Mutations mutations = new Mutations(Mutations.seed());
        try (FleetOnKafka fleet = new FleetOnKafka("bad-schema", broker.bootstrapServers(), folder);
                KafkaProducer<byte[], byte[]> producer = producer(fleet)) {
            Projector projector = fleet.start("one");
            fleet.begin(GOOD);
            Headers unknown = new RecordHeaders()
                    .add(
                            WireHeaders.SCHEMA,
                            WireHeaders.ofFingerprint(mutations.random().nextLong()));
            long offset = producer.send(
                            record(fleet, new byte[0], ConfluentWire.frame(7, mutations.random(40)), unknown))
                    .get()
                    .offset();
            fleet.upsert(GOOD, "behind-it", "value");
            await().atMost(FleetOnKafka.PATIENCE).until(() -> projector.status().state() instanceof State.Stopped);
            assertThat(projector.status().trouble()).contains("offset " + offset, "SKIP");

            fleet.command(new Statement.Skip(offset, "the test goes on"));
            fleet.awaitDecided(GOOD);
            assertThat(fleet.keysThere()).contains(FleetOnKafka.key(GOOD, "behind-it"));
        }
    }

    @Test
    void whatIsTooLargeIsRefusedByTheBroker_namingTheLimit() {
        try (FleetOnKafka fleet = new FleetOnKafka("bad-size", broker.bootstrapServers(), folder);
                KafkaProducer<byte[], byte[]> producer = producer(fleet)) {
            fleet.start("one");
            fleet.begin(GOOD);
            byte[] large = new Mutations(Mutations.seed()).random(Topics.MAX_EVENT_RECORD_BYTES + 1);
            for (var bad : List.of(
                    record(fleet, new byte[0], large, new RecordHeaders()),
                    record(fleet, large, new byte[0], new RecordHeaders()))) {
                assertThatThrownBy(() -> producer.send(bad).get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(RecordTooLargeException.class);
            }
            fleet.upsert(GOOD, "behind-it", "value");
            fleet.awaitDecided(GOOD);
        }
    }

    private ProducerRecord<byte[], byte[]> bad(FleetOnKafka fleet, Mutations mutations, List<byte[]> golden) {
        byte[] datum = mutations.random().nextInt(20) == 0
                ? mutations.random(mutations.random().nextInt(2_000))
                : mutations.of(mutations.pick(golden));
        byte[] value = switch (mutations.random().nextInt(20)) {
            case 0 -> null;
            case 1 -> datum;
            case 2 -> new byte[0];
            case 3 -> mutations.random(100_000);
            default -> ConfluentWire.frame(mutations.random().nextInt(), datum);
        };
        byte[] key = mutations.hostile().getBytes(StandardCharsets.UTF_8);
        return record(fleet, mutations.random().nextInt(50) == 0 ? null : key, value, headers(mutations));
    }

    private Headers headers(Mutations mutations) {
        byte[] known = WireHeaders.ofFingerprint(ReleasedSchemas.of("MeshEvent").fingerprint(1));
        RecordHeaders headers = new RecordHeaders();
        switch (mutations.random().nextInt(12)) {
            case 0 -> {}
            case 1 -> headers.add(WireHeaders.SCHEMA, null);
            case 2 -> headers.add(WireHeaders.SCHEMA, new byte[7]);
            case 3 -> headers.add(WireHeaders.SCHEMA, mutations.random(1_000));
            case 4 -> headers.add(mutations.hostile(), mutations.random(10)).add(WireHeaders.SCHEMA, known);
            default -> headers.add(WireHeaders.SCHEMA, known);
        }
        return headers;
    }

    /** Whether every version reads the same out of it: what only a newer one reads stops the fold, which is another test. */
    private boolean isForEveryone(ProducerRecord<byte[], byte[]> bad) {
        try {
            EventRecord.read(codec, 0, bad.headers(), bad.value());
            return true;
        } catch (UnknownOpException | UnknownSchemaException newer) {
            return false;
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(FleetOnKafka fleet) {
        return new KafkaProducer<>(
                fleet.kafka.with(Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 << 20)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(
            FleetOnKafka fleet, byte[] key, byte[] value, Headers headers) {
        return new ProducerRecord<>(fleet.topics.events(), 0, key, value, headers);
    }
}
