package io.meshlog.events.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Avro's binary form of one record type, under the schema it was written with. Encoders are kept for each thread. */
final class DatumCodec {
    private static final int FIRST_BUFFER_BYTES = 512;

    private static final class Scratch {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(FIRST_BUFFER_BYTES);
        private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    }

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final String what;
    private final Schema reader;
    private final SpecificDatumWriter<IndexedRecord> writer;
    private final Map<Schema, SpecificDatumReader<IndexedRecord>> readers = new ConcurrentHashMap<>();

    /**
     * @param what the record's name, for errors
     * @param reader the schema in memory, and the one that is written
     */
    DatumCodec(String what, Schema reader) {
        this.what = what;
        this.reader = reader;
        this.writer = new SpecificDatumWriter<>(reader, SpecificData.get());
    }

    byte[] encode(IndexedRecord record) {
        Scratch scratch = SCRATCH.get();
        scratch.out.reset();
        try {
            writer.write(record, scratch.encoder);
            scratch.encoder.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory does not fail", impossible);
        }
        return scratch.out.toByteArray();
    }

    /** Decodes a whole datum. */
    IndexedRecord decode(Schema written, byte[] datum, int offset, int length) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(datum, offset, length, null);
        IndexedRecord record = read(written, decoder);
        if (remaining(decoder) > 0) {
            throw new MalformedRecordException(
                    "%s has %d bytes too many".formatted(what, remaining(decoder)));
        }
        return record;
    }

    /** Decodes what the decoder comes to next. */
    IndexedRecord read(Schema written, BinaryDecoder decoder) {
        try {
            return readers.computeIfAbsent(written, schema -> new SpecificDatumReader<>(schema, reader, data()))
                    .read(null, decoder);
        } catch (IOException | RuntimeException malformed) {
            throw new MalformedRecordException(what + " does not read under its schema", malformed);
        }
    }

    private static SpecificData data() {
        return SpecificData.getForClass(io.meshlog.schemas.avro.Node.class);
    }

    static int remaining(BinaryDecoder decoder) {
        try {
            return decoder.inputStream().available();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory does not fail", impossible);
        }
    }
}
