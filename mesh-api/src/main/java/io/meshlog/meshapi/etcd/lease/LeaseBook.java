package io.meshlog.meshapi.etcd.lease;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.etcd.write.Leases;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases there are, what hangs on each, and when each ends if nobody keeps it alive: read off the store once, then
 * followed write by write. A lease's time begins anew whenever the log shows it written, and when this book is begun: after
 * a start or a gap every lease has its full time again. Asked on any thread; kept by one.
 */
final class LeaseBook implements Leases, RecentWrites.Listener {
    /** After this long the answer is what is held here. */
    private static final long SETTLING_MS = 2_000;

    /** A lease and when it ends, by this replica's clock. */
    record Held(Lease lease, long deadlineMs) {}

    /** Who waits until the book is at a revision. */
    private record Waiting(long revision, CompletableFuture<Void> there) {}

    private static final class Pages {
        final Map<Long, Held> leases = new ConcurrentHashMap<>();
        final Map<Long, Set<ResourceKey>> keys = new ConcurrentHashMap<>();
    }

    private final RecentWrites writes;
    private final Supplier<CompletionStage<Long>> logsEnd;
    private final Executor thread;
    private final LongSupplier clockMs;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile Pages pages = new Pages();
    /** Up to which revision the book is; -1 where it has to be begun. */
    private volatile long upTo = -1;

    /**
     * @param logsEnd completes with the revision that holds everything decided before it was asked for, or fails in time
     * @param thread runs one task after another; it reads the store
     */
    LeaseBook(RecentWrites writes, Supplier<CompletionStage<Long>> logsEnd, Executor thread, LongSupplier clockMs) {
        this.writes = writes;
        this.logsEnd = logsEnd;
        this.thread = thread;
        this.clockMs = clockMs;
    }

    @Override
    public @Nullable ResourceKey record(long id) {
        Held held = pages.leases.get(id);
        return held == null ? null : held.lease().key();
    }

    /**
     * Worked example: a client is granted a lease at one replica, loses it, and attaches a key at the next one, which is a
     * millisecond behind. That one must not say that there is no such lease.
     */
    @Override
    public CompletionStage<Void> settled() {
        CompletableFuture<Void> there = new CompletableFuture<>();
        var unused = logsEnd.get().whenComplete((revision, late) -> {
            if (late != null) {
                there.complete(null);
                return;
            }
            waiting.add(new Waiting(revision, there));
            onWrites();
        });
        // a replica that stops passing writes on must not leave calls open
        return there.completeOnTimeout(null, SETTLING_MS, TimeUnit.MILLISECONDS);
    }

    @Nullable
    Held held(long id) {
        return pages.leases.get(id);
    }

    List<Held> all() {
        return List.copyOf(pages.leases.values());
    }

    /** The resources that hang on a lease, also where there is no such lease. */
    Set<ResourceKey> keysOf(long id) {
        return Set.copyOf(pages.keys.getOrDefault(id, Set.of()));
    }

    /** Leases that keys hang on and that there are not. */
    List<Long> missing() {
        Pages now = pages;
        return now.keys.keySet().stream()
                .filter(id -> !now.leases.containsKey(id))
                .toList();
    }

    /** A lease was granted here: known at once, before the book comes to its revision. */
    void granted(Lease lease) {
        pages.leases.putIfAbsent(lease.id(), withFullTime(lease));
    }

    /** A lease was revoked here: known at once. */
    void revoked(long id) {
        pages.leases.remove(id);
    }

    /** These do not hang on the lease any more, as was decided just now. */
    void gone(long id, List<ResourceKey> deleted) {
        pages.keys.computeIfPresent(id, (none, keys) -> {
            keys.removeAll(deleted);
            return keys.isEmpty() ? null : keys;
        });
    }

    /** Every lease has its full time again. */
    void restart() {
        pages.leases.replaceAll((id, held) -> withFullTime(held.lease()));
    }

    /** Whether it is begun. */
    boolean isOpen() {
        return upTo >= 0;
    }

    private Held withFullTime(Lease lease) {
        return new Held(lease, clockMs.getAsLong() + lease.ttlSeconds() * 1_000);
    }

    @Override
    public void onWrites() {
        if (scheduled.compareAndSet(false, true)) {
            thread.execute(() -> {
                scheduled.set(false);
                follow();
            });
        }
    }

    @Override
    public void onDistrust(String why) {
        thread.execute(() -> upTo = -1);
    }

    @Override
    public void onStop(String why) {
        // nothing is written any more
    }

    private void follow() {
        long newest = writes.newest();
        long at = upTo;
        while (at >= 0 && at < newest) {
            List<AppliedWrite.Change> changes = writes.write(at + 1);
            if (changes == null) {
                at = -1;
            } else {
                changes.forEach(change -> turn(pages, change.before(), change.after()));
                at++;
            }
        }
        upTo = at;
        if (at < 0) {
            begin();
        }
        waiting.stream()
                .filter(each -> each.revision() <= upTo)
                .forEach(each -> each.there().complete(null));
        waiting.removeIf(each -> each.there().isDone());
    }

    private void begin() {
        try (ReplicaSnapshot snapshot = writes.snapshot()) {
            if (snapshot == null) {
                return;
            }
            Pages fresh = new Pages();
            try (Entries.Cursor all = snapshot.range(null, null)) {
                while (all.hasNext()) {
                    turn(fresh, null, all.next());
                }
            }
            pages = fresh;
            upTo = snapshot.position().revision();
        }
    }

    private void turn(Pages on, @Nullable Entry before, Entry after) {
        if (Lease.isLease(after.key())) {
            Lease lease = Lease.of(after);
            if (lease == null) {
                on.leases.remove(Lease.idOf(after.key()));
            } else {
                on.leases.put(lease.id(), withFullTime(lease));
            }
        }
        if (before != null && before.lease() != 0) {
            on.keys.computeIfPresent(before.lease(), (id, keys) -> {
                keys.remove(after.key());
                return keys.isEmpty() ? null : keys;
            });
        }
        if (!after.deleted() && after.lease() != 0) {
            on.keys
                    .computeIfAbsent(after.lease(), none -> ConcurrentHashMap.newKeySet())
                    .add(after.key());
        }
    }

    /** What hangs on a lease, by whose it is. */
    Map<String, List<ResourceKey>> byCluster(long id) {
        Map<String, List<ResourceKey>> byCluster = new HashMap<>();
        keysOf(id)
                .forEach(key -> byCluster
                        .computeIfAbsent(key.prefix(), none -> new ArrayList<>())
                        .add(key));
        return byCluster;
    }
}
