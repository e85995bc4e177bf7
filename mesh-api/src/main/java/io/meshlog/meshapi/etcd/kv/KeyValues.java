package io.meshlog.meshapi.etcd.kv;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.value.ValueForm;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.etcd.wire.KeptBytes;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.schemas.etcd.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the store as etcd's key-values. What a value looks like is worked out once and kept, up to a bound in bytes:
 * many clients list the same. Safe on any thread.
 */
public final class KeyValues {
    private static final long MAX_BYTES = KeptBytes.atMost(64L << 20, 8);
    private static final int OVERHEAD_BYTES = 128;

    private record Known(ValueForm form, ResourceKey resource, long revision) {}

    private final Cache<Known, ByteString> values = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Known known, ByteString bytes) -> OVERHEAD_BYTES + bytes.size())
            .build();

    /** A live entry as it is seen under a key. */
    public KeyValue of(KeyPlace place, Entry entry) {
        return bare(place, entry).setValue(valueOf(place, entry)).build();
    }

    /** As {@link #of}, without the value. */
    public KeyValue keyOnly(KeyPlace place, Entry entry) {
        return bare(place, entry).build();
    }

    private static KeyValue.Builder bare(KeyPlace place, Entry entry) {
        return KeyValue.newBuilder()
                .setKey(KeyRange.bytes(place.key()))
                .setCreateRevision(entry.createRevision())
                .setModRevision(entry.modRevision())
                .setVersion(entry.version())
                .setLease(entry.lease());
    }

    private ByteString valueOf(KeyPlace place, Entry entry) {
        return values.get(new Known(place.form(), place.resource(), entry.modRevision()), known -> read(place, entry));
    }

    private static ByteString read(KeyPlace place, Entry entry) {
        Value value = Replica.value(entry);
        if (value == null) {
            throw new IllegalArgumentException("%s is deleted and has no value".formatted(place.key()));
        }
        return UnsafeByteOperations.unsafeWrap(place.bytesOf(value));
    }

    /** What was served before may be wrong. */
    public void forget() {
        values.invalidateAll();
    }

    /** A live entry's key-value; null where there was none. */
    public @Nullable KeyValue ofLive(KeyPlace place, @Nullable Entry entry) {
        return entry == null || entry.deleted() ? null : of(place, entry);
    }
}
