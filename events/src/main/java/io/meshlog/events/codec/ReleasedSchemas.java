package io.meshlog.events.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Every schema a record was ever released under, compiled in, so that reading never waits for a registry.
 *
 * <p>A release is a folder {@code avro/released/<n>/} of whole schemas in the jar of the contracts. Records are written
 * under the oldest one that holds them, so that a release changes no byte of what could be said before it, and readers
 * that do not know it are stopped by new content alone.
 */
public final class ReleasedSchemas {
    /** The newest release. */
    public static final int LATEST = 2;

    private final String record;
    private final Map<Long, Schema> byFingerprint = new HashMap<>();
    private final Map<Integer, Long> fingerprints = new HashMap<>();
    private final Schema latest;
    private final long latestFingerprint;

    private ReleasedSchemas(String record) {
        this.record = record;
        Schema schema = null;
        for (int release = 1; release <= LATEST; release++) {
            schema = load("avro/released/%d/%s.avsc".formatted(release, record));
            long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
            byFingerprint.put(fingerprint, schema);
            fingerprints.put(release, fingerprint);
        }
        this.latest = Objects.requireNonNull(schema);
        this.latestFingerprint = SchemaNormalization.parsingFingerprint64(latest);
    }

    /**
     * All releases of one record.
     *
     * @param record its name, for example MeshEvent
     * @throws IllegalStateException if there is none
     */
    public static ReleasedSchemas of(String record) {
        return new ReleasedSchemas(record);
    }

    private static Schema load(String resource) {
        try (InputStream in = ReleasedSchemas.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the schema " + resource + " is not on the class path");
            }
            return new Schema.Parser().parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the schema " + resource + " cannot be read", unreadable);
        }
    }

    /** The newest release. */
    public Schema latest() {
        return latest;
    }

    public long latestFingerprint() {
        return latestFingerprint;
    }

    /**
     * The generated class's schema, known to be the latest release's.
     *
     * @throws IllegalStateException if the contract was changed without a release
     */
    public Schema requireLatest(Schema generated) {
        if (SchemaNormalization.parsingFingerprint64(generated) != latestFingerprint) {
            throw new IllegalStateException("%s was changed after release %d: add a release".formatted(record, LATEST));
        }
        return generated;
    }

    /**
     * @param release from 1 to {@link #LATEST}
     * @throws IllegalArgumentException if there is no such release
     */
    public long fingerprint(int release) {
        Long fingerprint = fingerprints.get(release);
        if (fingerprint == null) {
            throw new IllegalArgumentException("there is no release %d of %s".formatted(release, record));
        }
        return fingerprint;
    }

    /** All of them, the oldest first. */
    public List<Schema> inOrder() {
        return IntStream.rangeClosed(1, LATEST)
                .mapToObj(release -> byFingerprint.get(fingerprint(release)))
                .toList();
    }

    /** All of them by CRC-64-AVRO fingerprint. */
    public Map<Long, Schema> all() {
        return Map.copyOf(byFingerprint);
    }

    /** @throws UnknownSchemaException if no release has it */
    public Schema require(long fingerprint) {
        Schema schema = byFingerprint.get(fingerprint);
        if (schema == null) {
            throw new UnknownSchemaException(record, fingerprint);
        }
        return schema;
    }
}
