package io.meshlog.meshapi.etcd.kv;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.etcd.wire.KeptBytes;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Pages of lists, each read once for all clients that list the same state: after a replica's death or a rollout many do at
 * once. What was not asked for again within a minute, or was asked for least, makes room. Safe on any thread.
 */
final class SharedPages {
    private static final long KEPT_BYTES = KeptBytes.atMost(16L << 20, 32);
    private static final int OVERHEAD_BYTES = 256;
    private static final Duration KEPT_FOR = Duration.ofMinutes(1);
    /** Smaller ones are read as fast as they are found here. */
    private static final int LEAST_KEYS = 32;

    private record Asked(UUID logId, long revision, View view, KeyRange range, long limit, boolean keysOnly) {}

    private final Cache<Asked, RangeResponse> known = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Asked asked, RangeResponse page) -> OVERHEAD_BYTES + page.getSerializedSize())
            .expireAfterAccess(KEPT_FOR)
            .build();

    /** The page, read if nobody did; a state that is of no log yet is read anew each time. */
    RangeResponse page(
            ReplicaSnapshot snapshot, View view, KeyRange range, RangeRequest request, Supplier<RangeResponse> read) {
        UUID logId = snapshot.position().logId();
        if (logId == null || range.isSingle()) {
            return read.get();
        }
        Asked asked = new Asked(
                logId, snapshot.position().revision(), view, range, request.getLimit(), request.getKeysOnly());
        RangeResponse page = known.getIfPresent(asked);
        if (page == null) {
            page = read.get();
            if (page.getKvsCount() >= LEAST_KEYS) {
                known.put(asked, page);
            }
        }
        return page;
    }

    /** What was read before may be wrong. */
    void forget() {
        known.invalidateAll();
    }
}
