package io.meshlog.events.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes that release 1 writes, event by event and change by change, read as what they stand for, for ever; and while
 * it is the newest release the same bytes are written. {@code -Dmeshlog.golden.write=true} writes them, once, for a new
 * release.
 */
class GoldenBytesTest {
    private static final int RELEASE = 1;
    private static final Path FOLDER = Path.of("..", "schemas", "src", "test", "resources", "golden", "" + RELEASE);
    private static final String EVENT = "event-";
    private static final String CHANGE = "change-";

    private static final ValueCodec VALUES = new ValueCodec();
    private static final EventCodec EVENTS = new EventCodec();
    private static final ChangeCodec CHANGES = new ChangeCodec();

    private final long eventFingerprint = fingerprint("MeshEvent");
    private final long changeFingerprint = fingerprint("FleetChange");

    @BeforeAll
    static void writeIfAsked() throws IOException {
        if (!Boolean.getBoolean("meshlog.golden.write")) {
            return;
        }
        Files.createDirectories(FOLDER);
        for (Map.Entry<String, MeshEvent> event : GoldenRecords.events().entrySet()) {
            Files.write(FOLDER.resolve(EVENT + event.getKey() + ".bin"), EVENTS.encode(event.getValue()));
        }
        for (Map.Entry<String, FleetChange> change : changes().entrySet()) {
            Files.write(FOLDER.resolve(CHANGE + change.getKey() + ".bin"), CHANGES.encode(change.getValue()));
        }
    }

    private static Map<String, FleetChange> changes() {
        Map<String, FleetChange> changes = new TreeMap<>(Map.of("delete", GoldenRecords.delete()));
        GoldenRecords.values().forEach((name, value) -> changes.put(name, GoldenRecords.change(value, VALUES)));
        return changes;
    }

    static Stream<String> events() {
        return GoldenRecords.events().keySet().stream();
    }

    static Stream<String> changeNames() {
        return changes().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventReadsAsWhatItStandsFor(String name) throws IOException {
        MeshEvent event = GoldenRecords.events().get(name);
        byte[] golden = Files.readAllBytes(FOLDER.resolve(EVENT + name + ".bin"));

        assertThat(EVENTS.decode(eventFingerprint, golden, 0, golden.length)).isEqualTo(event);
        if (ReleasedSchemas.LATEST == RELEASE) {
            assertThat(EVENTS.encode(event)).isEqualTo(golden);
        }
    }

    @ParameterizedTest
    @MethodSource("changeNames")
    void aChangeReadsAsWhatItStandsFor(String name) throws IOException {
        FleetChange change = changes().get(name);
        Value value = GoldenRecords.values().get(name);
        byte[] golden = Files.readAllBytes(FOLDER.resolve(CHANGE + name + ".bin"));

        FleetChange read = CHANGES.decode(changeFingerprint, golden, 0, golden.length);

        EncodedValue encoded = read.value();
        assertThat(encoded == null ? null : VALUES.decode(encoded)).isEqualTo(value);
        assertThat(read.provenance()).isEqualTo(change.provenance());
        if (ReleasedSchemas.LATEST == RELEASE) {
            assertThat(read).isEqualTo(change);
            assertThat(CHANGES.encode(change)).isEqualTo(golden);
        }
    }

    @ParameterizedTest
    @MethodSource("changeNames")
    void strangersReadTheWholeDatumByTheRegisteredSchema(String name) throws IOException {
        Schema schema = ReleasedSchemas.of("FleetChange").require(changeFingerprint);
        byte[] golden = Files.readAllBytes(FOLDER.resolve(CHANGE + name + ".bin"));
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(golden, null);

        GenericRecord read = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);

        assertThat(decoder.isEnd()).isTrue();
        assertThat(read.get("key")).hasToString(changes().get(name).key().value());
        assertThat(read.get("kind")).hasToString(changes().get(name).kind().name());
    }

    @Test
    void noGoldenBytesAreForgotten() throws IOException {
        List<String> expected = Stream.concat(
                        events().map(name -> EVENT + name + ".bin"),
                        changeNames().map(name -> CHANGE + name + ".bin"))
                .sorted()
                .toList();
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .isEqualTo(expected);
        }
    }

    private static long fingerprint(String record) {
        return ReleasedSchemas.of(record).fingerprint(RELEASE);
    }
}
