package io.meshlog.events.model;

import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of bytes with value equality. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** Copies, so that the caller keeps its array. */
    public static Bytes copyOf(byte[] octets) {
        return new Bytes(octets.clone());
    }

    /** Wraps without a copy: the caller promises never to write to the array again. */
    public static Bytes owned(byte[] octets) {
        return new Bytes(octets);
    }

    /** A copy of the content. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** The content itself, not a copy: for readers that promise not to write to it. */
    public byte[] shared() {
        return octets;
    }

    public int size() {
        return octets.length;
    }

    /** Unsigned lexicographic order, as etcd, Kafka and RocksDB order keys. */
    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        int shown = Math.min(octets.length, 32);
        return HexFormat.of().formatHex(octets, 0, shown) + (shown < octets.length ? "... " + octets.length : "");
    }
}
