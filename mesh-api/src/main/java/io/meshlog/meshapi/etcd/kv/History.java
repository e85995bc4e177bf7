package io.meshlog.meshapi.etcd.kv;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's state at the revisions that may be asked for: now, and as far back as the newest writes are held in memory.
 * A past state is now with the writes since then taken back; what has been taken back for a revision is kept while it is
 * being read, so that a list in pages costs what changed meanwhile once. Safe on any thread; must not be asked on an event
 * loop.
 */
public final class History {
    /** Past revisions that are being read at once; of more, the one not read for longest is built again. */
    private static final int KEPT = 64;

    private static final Duration KEPT_FOR = Duration.ofMinutes(2);
    /** The store may be a write ahead of what is in memory, for as long as one batch takes to be passed on. */
    private static final int TRIES = 200;

    private static final long PAUSE_NANOS = 1_000_000;

    private record At(UUID logId, long revision) {}

    /** What was under the keys that changed after a revision. */
    private static final class Undone {
        final ConcurrentSkipListMap<ResourceKey, Optional<Entry>> before = new ConcurrentSkipListMap<>();
        private long upTo;

        Undone(long revision) {
            this.upTo = revision;
        }

        /** Takes back every write up to a revision; the first that is not held is the answer, or 0. */
        synchronized long extend(RecentWrites writes, long revision) {
            while (upTo < revision) {
                List<AppliedWrite.Change> changes = writes.write(upTo + 1);
                if (changes == null) {
                    return upTo + 1;
                }
                changes.forEach(
                        change -> before.putIfAbsent(change.after().key(), Optional.ofNullable(change.before())));
                upTo++;
            }
            return 0;
        }
    }

    private final RecentWrites writes;
    private final Supplier<@Nullable String> outOfService;
    private final Cache<At, Undone> undone =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterAccess(KEPT_FOR).build();

    /** @param outOfService why nothing is served, in words; null where it is */
    public History(RecentWrites writes, Supplier<@Nullable String> outOfService) {
        this.writes = writes;
        this.outOfService = outOfService;
    }

    /** What was served before may be wrong. */
    public void forget() {
        undone.invalidateAll();
    }

    /**
     * The state now, for the caller to close.
     *
     * @throws io.grpc.StatusRuntimeException UNAVAILABLE where nothing may be served
     */
    public ReplicaSnapshot now() {
        String out = outOfService.get();
        ReplicaSnapshot snapshot = out == null ? writes.snapshot() : null;
        if (snapshot == null) {
            throw EtcdErrors.unavailable(out == null ? "what is held here is not complete yet" : out);
        }
        return snapshot;
    }

    /**
     * The state at a revision, for the caller to close together with what it is a view over.
     *
     * @param now is taken over; closed where this throws
     * @param revision 0 for now
     * @throws io.grpc.StatusRuntimeException etcd's errors for a revision that is compacted or of the future
     */
    public ReplicaSnapshot at(ReplicaSnapshot now, long revision) {
        long newest = now.position().revision();
        if (revision <= 0 || revision == newest) {
            return now;
        }
        try {
            if (revision > newest) {
                throw EtcdErrors.future();
            }
            return new PastSnapshot(now, revision, before(now, revision));
        } catch (RuntimeException failed) {
            now.close();
            throw failed;
        }
    }

    private ConcurrentSkipListMap<ResourceKey, Optional<Entry>> before(ReplicaSnapshot now, long revision) {
        UUID logId = now.position().logId();
        if (logId == null) {
            throw EtcdErrors.compacted();
        }
        long newest = now.position().revision();
        Undone taken = undone.get(new At(logId, revision), at -> new Undone(revision));
        for (int i = 0; i < TRIES; i++) {
            long missing = taken.extend(writes, newest);
            if (missing == 0) {
                return taken.before;
            }
            if (missing <= writes.newest()) {
                undone.invalidate(new At(logId, revision));
                throw EtcdErrors.compacted();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw EtcdErrors.unavailable("revision %d is not passed on here yet".formatted(newest));
    }
}
