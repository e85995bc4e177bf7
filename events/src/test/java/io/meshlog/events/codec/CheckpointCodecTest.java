package io.meshlog.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Digest.ClusterDigest;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.RandomHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "checkpoint", "1", "part.bin");
    private static final Checkpoint CHECKPOINT = new Checkpoint(new UUID(1, 2), new UUID(3, 4), 77, 1234, 1, 3);
    private static final Digest DIGEST = new Digest(List.of(new ClusterDigest("eastus", 5, Hash128.ZERO)));

    private final ValueCodec values = new ValueCodec();
    private final ChangeCodec changes = new ChangeCodec();
    private final CheckpointCodec codec = new CheckpointCodec();
    private final long written = ReleasedSchemas.of("FleetChange").fingerprint(1);
    private final long fingerprint = codec.fingerprintFor(written);

    /** Of every kind, as all releases write them. */
    private List<FleetChange> ofAllReleases(long seed) {
        RandomHistory history = new RandomHistory(seed);
        List<FleetChange> entries = new ArrayList<>(List.of(history.delete()));
        history.valuesOfAllKinds().forEach(value -> entries.add(history.change(value, values::encode)));
        return entries;
    }

    private List<FleetChange> entries(long seed) {
        return ofAllReleases(seed).stream()
                .filter(change -> changes.fingerprint(change) == written)
                .toList();
    }

    private byte[] encode(int part, List<FleetChange> entries, @Nullable Digest digest) {
        return codec.encode(
                CHECKPOINT, part, written, entries.stream().map(changes::encode).toList(), digest);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void partsComeBackAsTheyWere_valuesByteForByte(long seed) {
        List<FleetChange> entries = entries(seed);

        byte[] datum = encode(2, entries, DIGEST);

        assertThat(codec.decode(fingerprint, datum, 0, datum.length))
                .as("seed %d", seed)
                .isEqualTo(new CheckpointPart(CHECKPOINT, 2, entries, DIGEST));
    }

    @Test
    void eachReleaseHasPartsOfItsOwn() {
        Map<Long, List<FleetChange>> byRelease =
                ofAllReleases(6).stream().collect(Collectors.groupingBy(changes::fingerprint));

        assertThat(byRelease).hasSize(ReleasedSchemas.LATEST);
        byRelease.forEach((release, entries) -> {
            byte[] datum = codec.encode(
                    CHECKPOINT,
                    0,
                    release,
                    entries.stream().map(changes::encode).toList(),
                    null);
            assertThat(codec.decode(codec.fingerprintFor(release), datum, 0, datum.length)
                            .entries())
                    .isEqualTo(entries);
        });
    }

    @Test
    void aPartWithoutEntriesOrDigestComesBack() {
        byte[] datum = encode(0, List.of(), null);

        assertThat(codec.decode(fingerprint, datum, 0, datum.length))
                .isEqualTo(new CheckpointPart(CHECKPOINT, 0, List.of(), null));
    }

    @Test
    void anyAvroReaderReadsIt() throws IOException {
        byte[] datum = encode(1, entries(4), null);
        Schema schema = ReleasedSchemas.of("CheckpointPart").require(fingerprint);

        GenericRecord read = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(datum, null));

        assertThat(read.get("revision")).isEqualTo(77L);
        assertThat((List<?>) read.get("entries")).hasSameSizeAs(entries(4));
        assertThat(read.get("digest")).isNull();
    }

    /** {@code -Dmeshlog.golden.write=1} wrote it, once. */
    @Test
    void theBytesOfReleaseOneStayWhatTheyAre() throws IOException {
        List<FleetChange> entries = new ArrayList<>(List.of(GoldenRecords.delete()));
        GoldenRecords.values().values().stream()
                .map(value -> GoldenRecords.change(value, values))
                .filter(change -> changes.fingerprint(change) == written)
                .forEach(entries::add);
        if (Integer.getInteger("meshlog.golden.write", 0) == 1) {
            Files.write(GOLDEN, encode(2, entries, DIGEST));
        }

        byte[] golden = Files.readAllBytes(GOLDEN);
        long releaseOne = ReleasedSchemas.of("CheckpointPart").fingerprint(1);
        assertThat(codec.decode(releaseOne, golden, 0, golden.length))
                .isEqualTo(new CheckpointPart(CHECKPOINT, 2, entries, DIGEST));
    }

    @Test
    void whatIsCutShortOrHasMoreIsMalformed() {
        byte[] datum = encode(0, entries(5), DIGEST);

        for (int length : new int[] {0, 10, datum.length / 2, datum.length - 1}) {
            assertThatThrownBy(() -> codec.decode(fingerprint, datum, 0, length))
                    .isInstanceOf(MalformedRecordException.class);
        }
        byte[] more = Arrays.copyOf(datum, datum.length + 1);
        assertThatThrownBy(() -> codec.decode(fingerprint, more, 0, more.length))
                .hasMessageContaining("1 bytes too many");
        assertThatThrownBy(() -> codec.decode(4711, datum, 0, datum.length)).isInstanceOf(UnknownSchemaException.class);
    }
}
