package io.meshlog.events.codec;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import java.time.Instant;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;

/**
 * Changes as Avro datums of {@code FleetChange}. The value's bytes go in and come out as they are; reading a change does
 * not decode its value.
 */
public final class ChangeCodec {
    private final Schema prefix = ChangeSchemas.inMemory().prefix();
    private final DatumCodec datum = new DatumCodec("a change", prefix);
    private final ValueCodec values = new ValueCodec();

    /**
     * The fingerprint of the schema that {@link #encode} writes the change under: its value's, or for a deletion the
     * oldest that knows its kind.
     */
    public long fingerprint(FleetChange change) {
        EncodedValue value = change.value();
        return value == null ? ChangeSchemas.RELEASED.fingerprint(Releases.of(change.kind())) : value.fingerprint();
    }

    /**
     * The datum of a change.
     *
     * @throws IllegalArgumentException if its value was written under the schema of no release
     */
    public byte[] encode(FleetChange change) {
        EncodedValue value = change.value();
        ChangeSchemas.Halves written = halves(change);
        return datum.encode(
                written.prefix(),
                prefixOf(change),
                value == null
                        ? values.encodeNone(written.tail())
                        : value.bytes().shared());
    }

    private ChangeSchemas.Halves halves(FleetChange change) {
        try {
            return ChangeSchemas.toWrite(fingerprint(change));
        } catch (UnknownSchemaException unknown) {
            throw new IllegalArgumentException(
                    "the value of %s has the fingerprint %016x, which is of no release"
                            .formatted(change.key(), fingerprint(change)),
                    unknown);
        }
    }

    private IndexedRecord prefixOf(FleetChange change) {
        Provenance provenance = change.provenance();
        GenericData.Record record = new GenericData.Record(prefix);
        record.put("revision", change.revision());
        record.put("index", change.index());
        record.put("count", change.count());
        record.put("op", FleetMapping.symbol(io.meshlog.schemas.avro.ChangeOp.class, change.op()));
        record.put("kind", FleetMapping.symbol(io.meshlog.schemas.avro.Kind.class, change.kind()));
        record.put("key", change.key().value());
        record.put("createRevision", change.createRevision());
        record.put("version", change.version());
        record.put("origin", FleetMapping.symbol(io.meshlog.schemas.avro.Origin.class, change.origin()));
        record.put("lease", change.lease());
        record.put("cluster", provenance.cluster());
        record.put("principal", provenance.principal());
        record.put("eventId", provenance.eventId());
        record.put("eventOffset", provenance.eventOffset());
        record.put("observedAt", Instants.ofMicros(provenance.observedAtMicros()));
        return record;
    }

    /**
     * @param fingerprint of the schema it was written under
     * @throws UnknownSchemaException if a newer version wrote it
     * @throws MalformedRecordException if the bytes are no change
     */
    public FleetChange decode(long fingerprint, byte[] bytes, int offset, int length) {
        ChangeSchemas.Halves written = ChangeSchemas.require(fingerprint);
        BinaryDecoder decoder = DatumCodec.decoder(bytes, offset, length);
        IndexedRecord head = datum.read(written.prefix(), decoder);
        Op op = FleetMapping.symbol(Op.class, (Enum<?>) required(head, "op"));
        int left = DatumCodec.remaining(decoder);
        byte[] tail = new byte[left];
        System.arraycopy(bytes, offset + length - left, tail, 0, left);
        return new FleetChange(
                (Long) required(head, "revision"),
                (Integer) required(head, "index"),
                (Integer) required(head, "count"),
                op,
                FleetMapping.symbol(Kind.class, (Enum<?>) required(head, "kind")),
                ContractText.key((String) required(head, "key")),
                (Long) required(head, "createRevision"),
                (Long) required(head, "version"),
                FleetMapping.symbol(Origin.class, (Enum<?>) required(head, "origin")),
                (Long) required(head, "lease"),
                provenance(head),
                op == Op.DELETE ? null : new EncodedValue(fingerprint, Bytes.owned(tail)));
    }

    private static Provenance provenance(IndexedRecord head) {
        return new Provenance(
                (String) DeclaredMapping.get(head, "cluster"),
                (String) required(head, "principal"),
                (UUID) required(head, "eventId"),
                (Long) required(head, "eventOffset"),
                Instants.micros((Instant) DeclaredMapping.get(head, "observedAt")));
    }

    private static Object required(IndexedRecord record, String field) {
        Object value = DeclaredMapping.get(record, field);
        if (value == null) {
            throw new MalformedRecordException("a change without " + field);
        }
        return value;
    }
}
