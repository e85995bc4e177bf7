package io.meshlog.meshapi.store;

import io.meshlog.events.model.ResourceKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How positions and index keys are kept on disk. Numbers are big-endian, so that their bytes sort as they do. */
final class StoreCodec {
    /** Of the whole store's layout; another one is not opened. */
    static final byte FORMAT = 2;

    /** Had no event offset, and is read as one that follows the changelog. */
    private static final byte FOLLOWING_FORMAT = 1;

    private static final int FOLLOWING_BYTES = 1 + 1 + 2 * Long.BYTES + 4 * Long.BYTES;
    private static final int POSITION_BYTES = FOLLOWING_BYTES + Long.BYTES;

    private StoreCodec() {}

    static byte[] encode(StorePosition position) {
        UUID logId = position.logId();
        return ByteBuffer.allocate(POSITION_BYTES)
                .put(FORMAT)
                .put((byte) (logId == null ? 0 : 1))
                .putLong(logId == null ? 0 : logId.getMostSignificantBits())
                .putLong(logId == null ? 0 : logId.getLeastSignificantBits())
                .putLong(position.revision())
                .putLong(position.changelogOffset())
                .putLong(position.wholeRevision())
                .putLong(position.horizon())
                .putLong(position.eventOffset())
                .array();
    }

    static StorePosition decode(byte @Nullable [] bytes) {
        if (bytes == null) {
            return StorePosition.EMPTY;
        }
        boolean known = (bytes.length == POSITION_BYTES && bytes[0] == FORMAT)
                || (bytes.length == FOLLOWING_BYTES && bytes[0] == FOLLOWING_FORMAT);
        if (!known) {
            throw new StoreException("the store's position has %d bytes of format %d, format %d is known"
                    .formatted(bytes.length, bytes.length == 0 ? -1 : bytes[0], FORMAT));
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(1);
        boolean hasLog = buffer.get() == 1;
        UUID logId = new UUID(buffer.getLong(), buffer.getLong());
        return new StorePosition(
                hasLog ? logId : null,
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.getLong(),
                buffer.hasRemaining() ? buffer.getLong() : StorePosition.FOLLOWS);
    }

    /** Sorts by revision, then by key. */
    static byte[] indexKey(long revision, ResourceKey key) {
        byte[] name = key.toBytes();
        return ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(revision)
                .put(name)
                .array();
    }

    /** Before every index key of that revision. */
    static byte[] indexStart(long revision) {
        return ByteBuffer.allocate(Long.BYTES).putLong(revision).array();
    }

    static long indexedRevision(byte[] indexKey) {
        return ByteBuffer.wrap(indexKey).getLong();
    }

    static byte[] indexedKey(byte[] indexKey) {
        return Arrays.copyOfRange(indexKey, Long.BYTES, indexKey.length);
    }
}
