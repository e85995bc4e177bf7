package io.meshlog.events.wire;

import io.meshlog.events.codec.MalformedRecordException;
import java.nio.ByteBuffer;

/**
 * The Confluent wire format: a zero byte, the schema's id in the registry as 4 big-endian bytes, then the datum.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html">Wire
 *     format</a>
 */
public final class ConfluentWire {
    /** How many bytes stand before the datum. */
    public static final int PREFIX_BYTES = 5;

    private static final byte MAGIC = 0;

    private ConfluentWire() {}

    /** The datum with its prefix. */
    public static byte[] frame(int schemaId, byte[] datum) {
        return ByteBuffer.allocate(PREFIX_BYTES + datum.length)
                .put(MAGIC)
                .putInt(schemaId)
                .put(datum)
                .array();
    }

    /**
     * The schema id of a framed record.
     *
     * @throws MalformedRecordException if it is not framed
     */
    public static int schemaId(byte[] framed) {
        if (framed.length < PREFIX_BYTES || framed[0] != MAGIC) {
            throw new MalformedRecordException(
                    "%d bytes that do not begin with the Confluent wire format's zero and schema id"
                            .formatted(framed.length));
        }
        return ByteBuffer.wrap(framed, 1, Integer.BYTES).getInt();
    }
}
