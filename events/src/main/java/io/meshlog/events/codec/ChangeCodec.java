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
    private static final Schema PREFIX = ChangeSchemas.inMemory().prefix();
    /** The places of the fields: a look-up by name costs more than the field, and each change has fifteen. */
    private static final int REVISION = place("revision");

    private static final int INDEX = place("index");
    private static final int COUNT = place("count");
    private static final int OP = place("op");
    private static final int KIND = place("kind");
    private static final int KEY = place("key");
    private static final int CREATE_REVISION = place("createRevision");
    private static final int VERSION = place("version");
    private static final int ORIGIN = place("origin");
    private static final int LEASE = place("lease");
    private static final int CLUSTER = place("cluster");
    private static final int PRINCIPAL = place("principal");
    private static final int EVENT_ID = place("eventId");
    private static final int EVENT_OFFSET = place("eventOffset");
    private static final int OBSERVED_AT = place("observedAt");

    private final DatumCodec datum = new DatumCodec("a change", PREFIX);
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
        GenericData.Record record = new GenericData.Record(PREFIX);
        record.put(REVISION, change.revision());
        record.put(INDEX, change.index());
        record.put(COUNT, change.count());
        record.put(OP, FleetMapping.symbol(io.meshlog.schemas.avro.ChangeOp.class, change.op()));
        record.put(KIND, FleetMapping.symbol(io.meshlog.schemas.avro.Kind.class, change.kind()));
        record.put(KEY, change.key().value());
        record.put(CREATE_REVISION, change.createRevision());
        record.put(VERSION, change.version());
        record.put(ORIGIN, FleetMapping.symbol(io.meshlog.schemas.avro.Origin.class, change.origin()));
        record.put(LEASE, change.lease());
        record.put(CLUSTER, provenance.cluster());
        record.put(PRINCIPAL, provenance.principal());
        record.put(EVENT_ID, provenance.eventId());
        record.put(EVENT_OFFSET, provenance.eventOffset());
        record.put(OBSERVED_AT, Instants.ofMicros(provenance.observedAtMicros()));
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
        Op op = FleetMapping.symbol(Op.class, (Enum<?>) required(head, OP));
        int left = DatumCodec.remaining(decoder);
        byte[] tail = new byte[left];
        System.arraycopy(bytes, offset + length - left, tail, 0, left);
        return new FleetChange(
                (Long) required(head, REVISION),
                (Integer) required(head, INDEX),
                (Integer) required(head, COUNT),
                op,
                FleetMapping.symbol(Kind.class, (Enum<?>) required(head, KIND)),
                ContractText.key((String) required(head, KEY)),
                (Long) required(head, CREATE_REVISION),
                (Long) required(head, VERSION),
                FleetMapping.symbol(Origin.class, (Enum<?>) required(head, ORIGIN)),
                (Long) required(head, LEASE),
                provenance(head),
                op == Op.DELETE ? null : new EncodedValue(fingerprint, Bytes.owned(tail)));
    }

    private static Provenance provenance(IndexedRecord head) {
        return new Provenance(
                (String) head.get(CLUSTER),
                (String) required(head, PRINCIPAL),
                (UUID) required(head, EVENT_ID),
                (Long) required(head, EVENT_OFFSET),
                Instants.micros((Instant) head.get(OBSERVED_AT)));
    }

    private static Object required(IndexedRecord record, int place) {
        Object value = record.get(place);
        if (value == null) {
            throw new MalformedRecordException(
                    "a change without " + PREFIX.getFields().get(place).name());
        }
        return value;
    }

    private static int place(String field) {
        return PREFIX.getField(field).pos();
    }
}
