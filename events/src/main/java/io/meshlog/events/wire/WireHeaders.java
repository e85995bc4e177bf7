package io.meshlog.events.wire;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The headers of Meshlog's records. */
public final class WireHeaders {
    /** The CRC-64-AVRO fingerprint of the schema the record was written under, 8 big-endian bytes. */
    public static final String SCHEMA = "meshlog-schema";

    /** The log id of the fleet, 16 big-endian bytes; on changes. */
    public static final String LOG_ID = "meshlog-log-id";

    private WireHeaders() {}

    public static byte[] ofFingerprint(long fingerprint) {
        return ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).array();
    }

    public static byte[] ofLogId(UUID logId) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(logId.getMostSignificantBits())
                .putLong(logId.getLeastSignificantBits())
                .array();
    }

    /** Null where the record has none, or one of another size. */
    public static @Nullable Long fingerprint(Headers headers) {
        Header header = headers.lastHeader(SCHEMA);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? null
                : ByteBuffer.wrap(header.value()).getLong();
    }

    /** Null where the record has none, or one of another size. */
    public static @Nullable UUID logId(Headers headers) {
        Header header = headers.lastHeader(LOG_ID);
        if (header == null || header.value() == null || header.value().length != 2 * Long.BYTES) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(header.value());
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
