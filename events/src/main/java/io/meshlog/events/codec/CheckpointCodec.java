package io.meshlog.events.codec;

import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.FleetChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Parts of checkpoints as Avro datums of {@code CheckpointPart}.
 *
 * <p>The entries go in as the datums of their changes and come out with their values' bytes as they were, for the digest is
 * made of those. So all entries of one part were written under one release of {@code FleetChange}, and the part is written
 * under the release of {@code CheckpointPart} that nests it. Safe on any thread.
 */
public final class CheckpointCodec {
    private static final String WHAT = "a part of a checkpoint";
    private static final String ENTRIES = "entries";
    private static final ReleasedSchemas RELEASED = ReleasedSchemas.of("CheckpointPart");
    private static final Map<Long, Release> RELEASES = releases();

    /** One release: what stands before the entries, an entry, what stands after them. */
    private record Release(
            long fingerprint,
            long ofChanges,
            Schema head,
            Schema change,
            Schema tail,
            DatumCodec heads,
            DatumCodec tails) {}

    private final ChangeCodec changes = new ChangeCodec();

    private static Map<Long, Release> releases() {
        Map<Long, Release> releases = new HashMap<>();
        RELEASED.all().forEach((fingerprint, schema) -> {
            int entries = schema.getField(ENTRIES).pos();
            int size = schema.getFields().size();
            Schema change = schema.getField(ENTRIES).schema().getElementType();
            Schema head = ChangeSchemas.part(schema, "Head", schema.getFields().subList(0, entries));
            Schema tail = ChangeSchemas.part(schema, "Tail", schema.getFields().subList(entries + 1, size));
            releases.put(
                    fingerprint,
                    new Release(
                            fingerprint,
                            SchemaNormalization.parsingFingerprint64(change),
                            head,
                            change,
                            tail,
                            new DatumCodec(WHAT, head),
                            new DatumCodec(WHAT, tail)));
        });
        return Map.copyOf(releases);
    }

    /**
     * The fingerprint of the schema that parts with such entries are written under.
     *
     * @param changeFingerprint of the schema the entries were written under
     * @throws UnknownSchemaException if no release nests it
     */
    public long fingerprintFor(long changeFingerprint) {
        return release(changeFingerprint).fingerprint();
    }

    private static Release release(long changeFingerprint) {
        return RELEASES.values().stream()
                .filter(release -> release.ofChanges() == changeFingerprint)
                .findFirst()
                .orElseThrow(() -> new UnknownSchemaException("CheckpointPart", changeFingerprint));
    }

    /**
     * The datum of a part.
     *
     * @param changeFingerprint of the schema all of its entries were written under
     * @param entries datums of changes
     * @param digest for the last part; null for others
     */
    public byte[] encode(
            Checkpoint checkpoint, int part, long changeFingerprint, List<byte[]> entries, @Nullable Digest digest) {
        Release release = release(changeFingerprint);
        GenericData.Record head = new GenericData.Record(release.head());
        head.put("checkpoint", checkpoint.id());
        head.put("part", part);
        head.put("parts", checkpoint.parts());
        head.put("logId", checkpoint.logId());
        head.put("revision", checkpoint.revision());
        head.put("eventOffset", checkpoint.eventOffset());
        head.put("featureLevel", checkpoint.featureLevel());
        GenericData.Record tail = new GenericData.Record(release.tail());
        tail.put("digest", digest == null ? null : FleetMapping.digest(digest));
        ByteSink body = new ByteSink();
        append(body, array(entries));
        append(body, release.tails().encode(release.tail(), tail));
        return release.heads().encode(release.head(), head, body.toByteArray());
    }

    private static void append(ByteSink sink, byte[] bytes) {
        sink.write(bytes, 0, bytes.length);
    }

    private static byte[] array(List<byte[]> items) {
        ByteSink sink = new ByteSink();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(sink, null);
        try {
            encoder.writeArrayStart();
            encoder.setItemCount(items.size());
            for (byte[] item : items) {
                encoder.startItem();
                encoder.writeFixed(item);
            }
            encoder.writeArrayEnd();
            encoder.flush();
            return sink.toByteArray();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory does not fail", impossible);
        }
    }

    /**
     * @param fingerprint of the schema it was written under
     * @throws UnknownSchemaException if a newer version wrote it
     * @throws MalformedRecordException if the bytes are no part of a checkpoint
     */
    public CheckpointPart decode(long fingerprint, byte[] bytes, int offset, int length) {
        Release written = RELEASES.get(fingerprint);
        if (written == null) {
            throw new UnknownSchemaException("CheckpointPart", fingerprint);
        }
        BinaryDecoder decoder = DatumCodec.decoder(bytes, offset, length);
        IndexedRecord head = written.heads().read(written.head(), decoder);
        List<FleetChange> entries = entries(written, decoder, bytes, offset + length);
        IndexedRecord tail = written.tails().read(written.tail(), decoder);
        if (DatumCodec.remaining(decoder) > 0) {
            throw new MalformedRecordException(
                    "%s has %d bytes too many".formatted(WHAT, DatumCodec.remaining(decoder)));
        }
        var digest = (io.meshlog.schemas.avro.Digest) DeclaredMapping.get(tail, "digest");
        return new CheckpointPart(
                checkpoint(head),
                (Integer) required(head, "part"),
                entries,
                digest == null ? null : FleetMapping.digest(digest));
    }

    private List<FleetChange> entries(Release written, BinaryDecoder decoder, byte[] bytes, int end) {
        List<FleetChange> entries = new ArrayList<>();
        try {
            for (long block = decoder.readArrayStart(); block != 0; block = decoder.arrayNext()) {
                for (long i = 0; i < block; i++) {
                    int from = end - DatumCodec.remaining(decoder);
                    GenericDatumReader.skip(written.change(), decoder);
                    int to = end - DatumCodec.remaining(decoder);
                    entries.add(changes.decode(written.ofChanges(), bytes, from, to - from));
                }
            }
        } catch (IOException | RuntimeException malformed) {
            if (malformed instanceof UnknownSchemaException newer) {
                throw newer;
            }
            throw new MalformedRecordException(WHAT + " does not read under its schema", malformed);
        }
        return entries;
    }

    private static Checkpoint checkpoint(IndexedRecord head) {
        try {
            return new Checkpoint(
                    (UUID) required(head, "checkpoint"),
                    (UUID) required(head, "logId"),
                    (Long) required(head, "revision"),
                    (Long) required(head, "eventOffset"),
                    (Integer) required(head, "featureLevel"),
                    (Integer) required(head, "parts"));
        } catch (IllegalArgumentException wrong) {
            throw new MalformedRecordException(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static Object required(IndexedRecord record, String field) {
        Object value = DeclaredMapping.get(record, field);
        if (value == null) {
            throw new MalformedRecordException("%s without %s".formatted(WHAT, field));
        }
        return value;
    }
}
