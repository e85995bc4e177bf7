package io.meshlog.events.codec;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Entries as bytes for stores: a header of fixed layout, then the value's bytes as they came. All numbers are big-endian.
 *
 * <pre>
 * 0  format version (1)   1  kind   2  origin   3  1 where deleted
 * 4  modRevision         12  createRevision    20  version
 * 28 lease               36  eventOffset       44  hash (16)
 * 60 fingerprint         68  value
 * </pre>
 */
public final class EntryCodec {
    /** Written first, so that a later layout can be told from this one. */
    public static final byte FORMAT = 1;

    /** How many bytes stand before the value. */
    public static final int HEADER_BYTES = 68;

    private static final int MOD_REVISION_AT = 4;
    private static final int HASH_AT = 44;
    /** The place of a kind in this list is its code in stores: new ones go to the end. */
    private static final List<Kind> KINDS = List.of(
            Kind.NODE,
            Kind.IDENTITY,
            Kind.ENDPOINT,
            Kind.SERVICE,
            Kind.ENDPOINT_SLICE,
            Kind.OPAQUE,
            Kind.VIOLATION,
            Kind.CLUSTER,
            Kind.SESSION,
            Kind.JOB,
            Kind.FLEET,
            Kind.DIGEST,
            Kind.SERVICE_EXPORT,
            Kind.POLICY,
            Kind.CLUSTER_CONFIG);

    private static final List<Origin> ORIGINS = List.of(Origin.SESSION, Origin.ETCD, Origin.OPERATOR, Origin.FOLD);

    /**
     * What a scan at start-up needs of an entry.
     *
     * @param valueBytes the value's size, 0 where deleted
     */
    public record Header(Kind kind, boolean deleted, long modRevision, Hash128 hash, int valueBytes) {}

    private EntryCodec() {}

    /** The entry without its key. */
    public static byte[] encode(Entry entry) {
        EncodedValue value = entry.value();
        int size = value == null ? 0 : value.bytes().size();
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + size)
                .put(FORMAT)
                .put(code(KINDS, entry.kind()))
                .put(code(ORIGINS, entry.origin()))
                .put((byte) (value == null ? 1 : 0))
                .putLong(entry.modRevision())
                .putLong(entry.createRevision())
                .putLong(entry.version())
                .putLong(entry.lease())
                .putLong(entry.eventOffset())
                .put(entry.hash().toBytes())
                .putLong(value == null ? 0 : value.fingerprint());
        if (value != null) {
            buffer.put(value.bytes().shared());
        }
        return buffer.array();
    }

    /**
     * Reads the header alone: neither the value nor its bytes are touched.
     *
     * @throws MalformedRecordException if the bytes are no entry
     */
    public static Header header(ResourceKey key, byte[] bytes) {
        requireFormat(key, bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Header(
                at(KINDS, buffer.get(1), key),
                buffer.get(3) == 1,
                buffer.getLong(MOD_REVISION_AT),
                new Hash128(buffer.getLong(HASH_AT), buffer.getLong(HASH_AT + Long.BYTES)),
                bytes.length - HEADER_BYTES);
    }

    private static void requireFormat(ResourceKey key, byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != FORMAT) {
            throw new MalformedRecordException("the stored entry of %s has %d bytes of format %d, format %d is known"
                    .formatted(key, bytes.length, bytes.length == 0 ? 0 : bytes[0], FORMAT));
        }
    }

    /** @throws MalformedRecordException if the bytes are no entry */
    public static Entry decode(ResourceKey key, byte[] bytes) {
        requireFormat(key, bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).position(1);
        Kind kind = at(KINDS, buffer.get(), key);
        Origin origin = at(ORIGINS, buffer.get(), key);
        boolean deleted = buffer.get() == 1;
        long modRevision = buffer.getLong();
        long createRevision = buffer.getLong();
        long version = buffer.getLong();
        long lease = buffer.getLong();
        long eventOffset = buffer.getLong();
        Hash128 hash = new Hash128(buffer.getLong(), buffer.getLong());
        long fingerprint = buffer.getLong();
        byte[] value = new byte[buffer.remaining()];
        buffer.get(value);
        return new Entry(
                key,
                kind,
                modRevision,
                createRevision,
                version,
                origin,
                lease,
                eventOffset,
                hash,
                deleted ? null : new EncodedValue(fingerprint, Bytes.owned(value)));
    }

    private static <E> byte code(List<E> values, E value) {
        return (byte) values.indexOf(value);
    }

    private static <E> E at(List<E> values, int code, ResourceKey key) {
        if (code < 0 || code >= values.size()) {
            throw new MalformedRecordException("the stored entry of %s has an unknown code %d".formatted(key, code));
        }
        return values.get(code);
    }
}
