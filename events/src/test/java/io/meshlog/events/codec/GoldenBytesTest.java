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
import java.util.stream.IntStream;
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
 * The bytes of what each release brought, event by event and change by change, read as what they stand for, and are
 * written, for ever: a record is written under the oldest release that holds it. {@code -Dmeshlog.golden.write=2} writes
 * those of release 2, once, while it is new.
 */
class GoldenBytesTest {
    private static final Path FOLDER = Path.of("..", "schemas", "src", "test", "resources", "golden");
    private static final int[] RELEASES = {1, 2};
    private static final String EVENT = "event-";
    private static final String CHANGE = "change-";

    private static final ValueCodec VALUES = new ValueCodec();
    private static final EventCodec EVENTS = new EventCodec();
    private static final ChangeCodec CHANGES = new ChangeCodec();

    private record Golden(int release, String name) {
        Path file(String prefix) {
            return FOLDER.resolve("%d/%s%s.bin".formatted(release, prefix, name));
        }

        byte[] bytes(String prefix) throws IOException {
            return Files.readAllBytes(file(prefix));
        }

        long fingerprint(String record) {
            return ReleasedSchemas.of(record).fingerprint(release);
        }
    }

    @BeforeAll
    static void writeIfAsked() throws IOException {
        int asked = Integer.getInteger("meshlog.golden.write", 0);
        if (asked == 0) {
            return;
        }
        Files.createDirectories(FOLDER.resolve("" + asked));
        for (Map.Entry<String, MeshEvent> event : events(asked).entrySet()) {
            Files.write(new Golden(asked, event.getKey()).file(EVENT), EVENTS.encode(event.getValue()));
        }
        for (Map.Entry<String, FleetChange> change : changes(asked).entrySet()) {
            Files.write(new Golden(asked, change.getKey()).file(CHANGE), CHANGES.encode(change.getValue()));
        }
    }

    private static Map<String, MeshEvent> events(int release) {
        return release == 1 ? GoldenRecords.events() : GoldenRecords2.events();
    }

    private static Map<String, Value> values(int release) {
        return release == 1 ? GoldenRecords.values() : GoldenRecords2.values();
    }

    private static Map<String, FleetChange> changes(int release) {
        Map<String, FleetChange> changes = new TreeMap<>();
        changes.put("delete", release == 1 ? GoldenRecords.delete() : GoldenRecords2.delete());
        values(release).forEach((name, value) -> changes.put(name, GoldenRecords.change(value, VALUES)));
        return changes;
    }

    static Stream<Golden> events() {
        return IntStream.of(RELEASES)
                .boxed()
                .flatMap(release -> events(release).keySet().stream().map(name -> new Golden(release, name)));
    }

    static Stream<Golden> changes() {
        return IntStream.of(RELEASES)
                .boxed()
                .flatMap(release -> changes(release).keySet().stream().map(name -> new Golden(release, name)));
    }

    @ParameterizedTest
    @MethodSource("events")
    void anEventReadsAsWhatItStandsFor(Golden golden) throws IOException {
        MeshEvent event = events(golden.release()).get(golden.name());
        byte[] bytes = golden.bytes(EVENT);

        assertThat(EVENTS.decode(golden.fingerprint("MeshEvent"), bytes, 0, bytes.length))
                .isEqualTo(event);
        assertThat(EVENTS.fingerprint(event)).isEqualTo(golden.fingerprint("MeshEvent"));
        assertThat(EVENTS.encode(event)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeReadsAsWhatItStandsFor(Golden golden) throws IOException {
        FleetChange change = changes(golden.release()).get(golden.name());
        byte[] bytes = golden.bytes(CHANGE);

        FleetChange read = CHANGES.decode(golden.fingerprint("FleetChange"), bytes, 0, bytes.length);

        EncodedValue encoded = read.value();
        assertThat(encoded == null ? null : VALUES.decode(encoded))
                .isEqualTo(values(golden.release()).get(golden.name()));
        assertThat(read).isEqualTo(change);
        assertThat(CHANGES.fingerprint(change)).isEqualTo(golden.fingerprint("FleetChange"));
        assertThat(CHANGES.encode(change)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void strangersReadTheWholeDatumByTheRegisteredSchema(Golden golden) throws IOException {
        Schema schema = ReleasedSchemas.of("FleetChange").require(golden.fingerprint("FleetChange"));
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(golden.bytes(CHANGE), null);

        GenericRecord read = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);

        FleetChange change = changes(golden.release()).get(golden.name());
        assertThat(decoder.isEnd()).isTrue();
        assertThat(read.get("key")).hasToString(change.key().value());
        assertThat(read.get("kind")).hasToString(change.kind().name());
    }

    @Test
    void noGoldenBytesAreForgotten() throws IOException {
        for (int release : RELEASES) {
            List<String> expected = Stream.concat(
                            events(release).keySet().stream().map(name -> EVENT + name + ".bin"),
                            changes(release).keySet().stream().map(name -> CHANGE + name + ".bin"))
                    .sorted()
                    .toList();
            try (Stream<Path> files = Files.list(FOLDER.resolve("" + release))) {
                assertThat(files.map(file -> file.getFileName().toString()).sorted())
                        .isEqualTo(expected);
            }
        }
        assertThat(RELEASES).endsWith(ReleasedSchemas.LATEST);
    }
}
