package io.meshlog.events.codec;

import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.Value;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Values as the changelog carries them: the fields of {@code FleetChange} from {@code exact} to the end. Equal values give
 * equal bytes, because the model keeps its maps sorted.
 */
public final class ValueCodec implements ValueEncoding {
    private final Schema tail = ChangeSchemas.inMemory().tail();
    private final DatumCodec datum = new DatumCodec("a value", tail);

    /** @throws IllegalArgumentException if a name has a character beyond one byte */
    @Override
    public EncodedValue encode(Value value) {
        IndexedRecord record = new GenericData.Record(tail);
        try {
            FleetMapping.put(record, value);
        } catch (MalformedRecordException unreadable) {
            throw new IllegalArgumentException(unreadable.getMessage(), unreadable);
        }
        long fingerprint = ChangeSchemas.RELEASED.fingerprint(Releases.of(value));
        Schema written = ChangeSchemas.toWrite(fingerprint).tail();
        return new EncodedValue(fingerprint, Bytes.owned(datum.encode(written, record)));
    }

    /**
     * @throws UnknownSchemaException if a newer version wrote it
     * @throws MalformedRecordException if the bytes are no value
     */
    @Override
    public Value decode(EncodedValue encoded) {
        byte[] bytes = encoded.bytes().shared();
        IndexedRecord record =
                datum.decode(ChangeSchemas.require(encoded.fingerprint()).tail(), bytes, 0, bytes.length);
        Resource resource = FleetMapping.get(record);
        if (resource == null) {
            throw new MalformedRecordException("a value of no kind");
        }
        return new Value(resource, exact(record));
    }

    private static @Nullable Bytes exact(IndexedRecord record) {
        return DeclaredMapping.bytes((ByteBuffer) DeclaredMapping.get(record, "exact"));
    }

    /** What stands in the value's place where there is none. */
    byte[] encodeNone(Schema written) {
        return datum.encode(written, new GenericData.Record(tail));
    }
}
