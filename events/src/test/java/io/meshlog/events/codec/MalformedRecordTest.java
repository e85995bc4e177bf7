package io.meshlog.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.RandomHistory;
import io.meshlog.events.model.Statement;
import io.meshlog.schemas.avro.EventOp;
import io.meshlog.schemas.avro.Frame;
import io.meshlog.schemas.avro.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is malformed is so for everyone; what is only newer stops the reader instead. */
class MalformedRecordTest {
    private static final int MUTATIONS = 10_000;

    private final ValueCodec values = new ValueCodec();
    private final EventCodec events = new EventCodec();
    private final ChangeCodec changes = new ChangeCodec();

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void mutatedEventsReadOrAreMalformedAndNothingElse(long seed) {
        RandomHistory history = new RandomHistory(seed);
        Map<Long, List<byte[]>> datums = new TreeMap<>();
        for (Statement statement : history.statements()) {
            MeshEvent event = history.event(statement);
            datums.computeIfAbsent(events.fingerprint(event), none -> new ArrayList<>())
                    .add(events.encode(event));
        }
        datums.forEach((fingerprint, written) -> survive(seed, written, datum -> {
            MeshEvent event = events.decode(fingerprint, datum, 0, datum.length);
            // what reads can be written, and reads again
            byte[] again = events.encode(event);
            assertThat(events.decode(events.fingerprint(event), again, 0, again.length))
                    .isEqualTo(event);
        }));
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void mutatedChangesReadOrAreMalformedAndNothingElse(long seed) {
        RandomHistory history = new RandomHistory(seed);
        List<FleetChange> said = new ArrayList<>(List.of(history.delete()));
        history.valuesOfAllKinds().forEach(value -> said.add(history.change(value, values::encode)));
        Map<Long, List<byte[]>> datums = new TreeMap<>();
        for (FleetChange change : said) {
            datums.computeIfAbsent(changes.fingerprint(change), none -> new ArrayList<>())
                    .add(changes.encode(change));
        }
        datums.forEach((fingerprint, written) -> survive(seed, written, datum -> {
            FleetChange change = changes.decode(fingerprint, datum, 0, datum.length);
            assertThat(change.key().toBytes()).hasSize(change.key().value().length());
            EncodedValue value = change.value();
            if (value != null) {
                values.encode(values.decode(value));
            }
        }));
    }

    private static void survive(long seed, List<byte[]> datums, Consumer<byte[]> read) {
        Random random = new Random(seed);
        int malformed = 0;
        for (int round = 0; round < MUTATIONS; round++) {
            byte[] mutated = mutate(random, datums.get(random.nextInt(datums.size())));
            try {
                read.accept(mutated);
            } catch (MalformedRecordException expected) {
                malformed++;
            } catch (UnknownOpException expected) {
                // a mutated op may be the one that stands for all newer ones
            } catch (RuntimeException | Error other) {
                fail("seed %d, round %d, bytes %s".formatted(seed, round, Arrays.toString(mutated)), other);
            }
        }
        assertThat(malformed).as("seed %d", seed).isGreaterThan(MUTATIONS / 10);
    }

    private static byte[] mutate(Random random, byte[] datum) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(datum, random.nextInt(datum.length));
            case 1 -> Arrays.copyOf(datum, datum.length + 1 + random.nextInt(9));
            case 2 -> {
                byte[] bytes = datum.clone();
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                yield bytes;
            }
            default -> {
                // runs of set bits: huge lengths and counts
                byte[] bytes = datum.clone();
                int at = random.nextInt(bytes.length);
                Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(10)), (byte) 0xff);
                yield bytes;
            }
        };
    }

    @Test
    void aRecordOfANewerSchemaStopsTheReaderAndSaysWhichOne() {
        assertThatThrownBy(() -> events.decode(0xabcL, new byte[0], 0, 0))
                .isInstanceOf(UnknownSchemaException.class)
                .hasMessageContaining("MeshEvent")
                .hasMessageContaining("0000000000000abc")
                .hasMessageContaining("newer version");
        assertThatThrownBy(() -> changes.decode(0xabcL, new byte[0], 0, 0)).isInstanceOf(UnknownSchemaException.class);
        assertThatThrownBy(() -> values.decode(new EncodedValue(0xabcL, Bytes.EMPTY)))
                .isInstanceOf(UnknownSchemaException.class);
    }

    @Test
    void anUnknownOpStopsTheReader() {
        io.meshlog.schemas.avro.MeshEvent record = event(EventOp.UNKNOWN);
        assertThatThrownBy(() -> decode(record))
                .isInstanceOf(UnknownOpException.class)
                .hasMessageContaining(record.getEventId().toString())
                .hasMessageContaining("newer version");
    }

    @Test
    void whatAnOpNeedsMustBeThere() {
        for (EventOp op : EventOp.values()) {
            if (op != EventOp.UNKNOWN && op != EventOp.DIGEST) {
                assertThatThrownBy(() -> decode(event(op)))
                        .as(op.name())
                        .isInstanceOf(MalformedRecordException.class)
                        .hasMessageContaining(op.name());
            }
        }
    }

    @Test
    void whatAnOpDoesNotKnowMustNotBeThere() {
        io.meshlog.schemas.avro.MeshEvent record = event(EventOp.DELETE);
        record.setKey("eastus/nodes/a");
        record.setFrame(new Frame(null, null, List.of()));
        assertThatThrownBy(() -> decode(record))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("DELETE")
                .hasMessageContaining("frame");
    }

    @Test
    void aResourceIsOfOneKind() {
        io.meshlog.schemas.avro.MeshEvent record = event(EventOp.UPSERT);
        record.setKey("eastus/nodes/a");
        record.setNode(Node.newBuilder().setName("a").setCluster("eastus").build());
        record.setIdentity(new io.meshlog.schemas.avro.Identity(1L, List.of()));
        assertThatThrownBy(() -> decode(record))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("nodes")
                .hasMessageContaining("identities");
    }

    @Test
    void aResourceWithoutAKindIsMalformed() {
        io.meshlog.schemas.avro.MeshEvent record = event(EventOp.FRAME);
        record.setFrame(new Frame(null, null, List.of(new io.meshlog.schemas.avro.Resource())));
        assertThatThrownBy(() -> decode(record)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void keysAndNamesAreOfOneByteCharacters() {
        // a key of others would have another record's key in the changelog
        io.meshlog.schemas.avro.MeshEvent delete = event(EventOp.DELETE);
        delete.setKey("eastus/services/shop/\u20ac");
        assertThatThrownBy(() -> decode(delete))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("U+20AC");

        io.meshlog.schemas.avro.MeshEvent writer = event(EventOp.DIGEST);
        writer.setWriter("\u20ac");
        assertThatThrownBy(() -> decode(writer)).isInstanceOf(MalformedRecordException.class);

        io.meshlog.schemas.avro.MeshEvent frame = event(EventOp.FRAME);
        io.meshlog.schemas.avro.Resource node = new io.meshlog.schemas.avro.Resource();
        node.setNode(Node.newBuilder().setName("\u20ac").setCluster("eastus").build());
        frame.setFrame(new Frame(null, null, List.of(node)));
        assertThatThrownBy(() -> decode(frame)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void noClockIsTooFarOff() {
        for (long micros : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            MeshEvent event = new MeshEvent(
                    new UUID(1, 2),
                    new MeshEvent.Sender(null, "", "", "w", 1, 1),
                    OptionalLong.of(micros),
                    new Statement.AskDigest());
            byte[] datum = events.encode(event);
            assertThat(events.decode(events.fingerprint(event), datum, 0, datum.length))
                    .isEqualTo(event);
        }
    }

    @Test
    void whatCannotBeReadBackIsNotWritten() {
        MeshEvent.Sender sender = new MeshEvent.Sender("eastus", "", "", "\u20ac", 1, 1);
        MeshEvent event = new MeshEvent(new UUID(1, 2), sender, OptionalLong.empty(), new Statement.AskDigest());
        assertThatThrownBy(() -> events.encode(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+20AC");
        MeshEvent malformed = new MeshEvent(
                new UUID(1, 2),
                new MeshEvent.Sender(null, "", "", "", 0, 0),
                OptionalLong.empty(),
                new Statement.Malformed("x"));
        assertThatThrownBy(() -> events.encode(malformed)).isInstanceOf(IllegalArgumentException.class);
    }

    private static io.meshlog.schemas.avro.MeshEvent event(EventOp op) {
        return io.meshlog.schemas.avro.MeshEvent.newBuilder()
                .setEventId(new UUID(1, 2))
                .setOp(op)
                .setPrincipal("p")
                .setWriter("w")
                .build();
    }

    private MeshEvent decode(io.meshlog.schemas.avro.MeshEvent record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new SpecificDatumWriter<>(io.meshlog.schemas.avro.MeshEvent.class).write(record, encoder);
            encoder.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        byte[] datum = out.toByteArray();
        return events.decode(ReleasedSchemas.of("MeshEvent").latestFingerprint(), datum, 0, datum.length);
    }
}
