package io.meshlog.meshapi.etcd.lease;

import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.replica.Replica;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A lease as it is in the log: an Opaque of its cluster that no etcd client sees.
 *
 * @param ttlSeconds as it was granted
 * @param modRevision of when it was last kept alive
 */
record Lease(long id, String cluster, long ttlSeconds, long modRevision) {
    private static final String NAME = Layout.HIDDEN + "lease/";
    private static final String MIDDLE = "/opaque/" + NAME;

    ResourceKey key() {
        return new ResourceKey(cluster + MIDDLE + HexFormat.of().toHexDigits(id));
    }

    Value value() {
        return Value.of(new Opaque(
                Bytes.owned(key().name().getBytes(StandardCharsets.ISO_8859_1)),
                Bytes.owned(Long.toString(ttlSeconds).getBytes(StandardCharsets.US_ASCII))));
    }

    /** Whether a resource is a lease, going by its key. */
    static boolean isLease(ResourceKey key) {
        return key.value().startsWith(MIDDLE, key.value().indexOf('/'));
    }

    static long idOf(ResourceKey key) {
        return HexFormat.fromHexDigitsToLong(
                key.value(), key.value().length() - 2 * Long.BYTES, key.value().length());
    }

    /** The lease an entry is; null where it is deleted. */
    static @Nullable Lease of(Entry entry) {
        Value value = Replica.value(entry);
        if (value == null || !(value.resource() instanceof Opaque opaque)) {
            return null;
        }
        long ttl = Long.parseLong(new String(opaque.value().shared(), StandardCharsets.US_ASCII));
        return new Lease(idOf(entry.key()), entry.key().prefix(), ttl, entry.modRevision());
    }
}
