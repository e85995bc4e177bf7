package io.meshlog.events.codec;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Avro's binary form of one record type, under the schema it was written with. Safe on any thread; buffers are kept for
 * each thread.
 */
final class DatumCodec {
    private static final String CONTRACTS = io.meshlog.schemas.avro.MeshEvent.class.getPackageName();
    private static final SpecificData WRITTEN = model(true);
    /**
     * Without the generated coders: the decoders make room for as many items as a datum claims to have, before it shows
     * them, and the encoders know the newest release alone.
     */
    private static final SpecificData READ = model(false);

    private static final class Scratch {
        private final ByteSink sink = new ByteSink();
        private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(sink, null);
    }

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    static {
        // Avro makes no instance of a class it was not told to trust.
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(),
                type -> type.getPackageName().equals(CONTRACTS)));
    }

    private final String what;
    private final Schema reader;
    private final Map<Schema, SpecificDatumWriter<IndexedRecord>> writers = new ConcurrentHashMap<>();
    private final Map<Schema, SpecificDatumReader<IndexedRecord>> readers = new ConcurrentHashMap<>();

    /**
     * @param what the record's name, for errors
     * @param reader the schema in memory
     */
    DatumCodec(String what, Schema reader) {
        this.what = what;
        this.reader = reader;
        writers.put(reader, new SpecificDatumWriter<>(reader, WRITTEN));
    }

    /** Whether it is a class of the contracts and nothing else. */
    static boolean isContract(Class<?> type) {
        return type.getPackageName().equals(CONTRACTS);
    }

    private static SpecificData model(boolean generatedCoders) {
        SpecificData model = new SpecificData();
        model.addLogicalTypeConversion(new Conversions.UUIDConversion());
        model.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
        model.setCustomCoders(generatedCoders);
        return model;
    }

    /** The datum of the record under the schema in memory, or an older release of it. */
    byte[] encode(Schema written, IndexedRecord record) {
        return encode(written, record, new byte[0]);
    }

    /** The datum of the record and, behind it, bytes that are encoded already. */
    byte[] encode(Schema written, IndexedRecord record, byte[] encoded) {
        Scratch scratch = SCRATCH.get();
        scratch.sink.clear();
        try {
            writer(written).write(record, scratch.encoder);
            scratch.encoder.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory does not fail", impossible);
        }
        scratch.sink.write(encoded, 0, encoded.length);
        return scratch.sink.toByteArray();
    }

    /** New fields stand last and new symbols too, so an older release is written by the places of fields and symbols. */
    private SpecificDatumWriter<IndexedRecord> writer(Schema written) {
        SpecificDatumWriter<IndexedRecord> known = writers.get(written);
        return known != null
                ? known
                : writers.computeIfAbsent(written, schema -> new SpecificDatumWriter<>(schema, READ));
    }

    /** Decodes a whole datum. */
    IndexedRecord decode(Schema written, byte[] datum, int offset, int length) {
        BinaryDecoder decoder = decoder(datum, offset, length);
        IndexedRecord record = read(written, decoder);
        int left = remaining(decoder);
        if (left > 0) {
            throw new MalformedRecordException("%s has %d bytes too many".formatted(what, left));
        }
        return record;
    }

    static BinaryDecoder decoder(byte[] datum, int offset, int length) {
        return DecoderFactory.get().binaryDecoder(datum, offset, length, null);
    }

    /** Decodes what the decoder comes to next. */
    IndexedRecord read(Schema written, BinaryDecoder decoder) {
        try {
            return reader(written).read(null, decoder);
        } catch (IOException | RuntimeException malformed) {
            throw new MalformedRecordException(what + " does not read under its schema", malformed);
        }
    }

    private SpecificDatumReader<IndexedRecord> reader(Schema written) {
        SpecificDatumReader<IndexedRecord> known = readers.get(written);
        return known != null
                ? known
                : readers.computeIfAbsent(written, schema -> new SpecificDatumReader<>(schema, reader, READ));
    }

    /** How many bytes of its datum a decoder has not come to yet. */
    static int remaining(BinaryDecoder decoder) {
        try {
            return decoder.inputStream().available();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory does not fail", impossible);
        }
    }
}
