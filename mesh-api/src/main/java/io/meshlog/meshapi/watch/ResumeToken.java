package io.meshlog.meshapi.watch;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * From where a reader goes on, at any replica: it has seen everything of this log up to this revision.
 *
 * <p>As bytes: a version (1), the log id and the revision, big-endian, 25 bytes in all.
 */
public record ResumeToken(UUID logId, long revision) {
    private static final byte VERSION = 1;
    private static final int SIZE_BYTES = 1 + 3 * Long.BYTES;

    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE_BYTES)
                .put(VERSION)
                .putLong(logId.getMostSignificantBits())
                .putLong(logId.getLeastSignificantBits())
                .putLong(revision)
                .array();
    }

    /** Null where the bytes are no token. */
    public static @Nullable ResumeToken ofBytes(byte[] bytes) {
        if (bytes.length != SIZE_BYTES || bytes[0] != VERSION) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, SIZE_BYTES - 1);
        ResumeToken token = new ResumeToken(new UUID(buffer.getLong(), buffer.getLong()), buffer.getLong());
        return token.revision() < 0 ? null : token;
    }
}
