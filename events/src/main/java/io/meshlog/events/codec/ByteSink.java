package io.meshlog.events.codec;

import java.io.OutputStream;
import java.util.Arrays;

/** Bytes one after another in memory, to be used again and again by one thread. */
final class ByteSink extends OutputStream {
    private static final int FIRST_BYTES = 1 << 10;
    /** A larger buffer is let go of when it is cleared, so that one large record does not cost every thread its size. */
    private static final int MOST_KEPT_BYTES = 256 << 10;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    void clear() {
        size = 0;
        if (bytes.length > MOST_KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    @Override
    public void write(int octet) {
        makeRoom(1);
        bytes[size++] = (byte) octet;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        makeRoom(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    private void makeRoom(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
