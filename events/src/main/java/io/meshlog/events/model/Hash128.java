package io.meshlog.events.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A 128 bit number that adds modulo 2^128, so that a sum over a set does not depend on the set's order and one member's
 * change costs one subtraction and one addition.
 */
public record Hash128(long high, long low) {
    public static final int SIZE_BYTES = 16;
    public static final Hash128 ZERO = new Hash128(0, 0);
    /** Finding the algorithm costs as much as hashing a small resource does. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Hash128::sha256);

    /**
     * The hash of one resource at one revision: the first 16 bytes of SHA-256 over the key, the revision as 8 big-endian
     * bytes, and the value's bytes as the changelog carries them.
     */
    public static Hash128 of(ResourceKey key, long modRevision, byte[] value) {
        MessageDigest sha256 = SHA_256.get();
        sha256.update(key.toBytes());
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, modRevision));
        return ofBytes(sha256.digest(value));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }

    /** From the first 16 bytes, big-endian. */
    public static Hash128 ofBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Hash128(buffer.getLong(), buffer.getLong());
    }

    /** 16 bytes, big-endian. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE_BYTES).putLong(high).putLong(low).array();
    }

    public Hash128 plus(Hash128 other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new Hash128(high + other.high + carry, sum);
    }

    public Hash128 minus(Hash128 other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new Hash128(high - other.high - borrow, low - other.low);
    }
}
