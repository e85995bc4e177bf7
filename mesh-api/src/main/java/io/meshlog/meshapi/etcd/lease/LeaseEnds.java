package io.meshlog.meshapi.etcd.lease;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Statement.Transaction;
import io.meshlog.meshapi.etcd.lease.LeaseBook.Held;
import io.meshlog.meshapi.etcd.write.ClusterVoice;
import io.meshlog.meshapi.etcd.write.KvWrites;
import io.meshlog.meshapi.etcd.write.KvWrites.Decided;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends leases: deletes what hangs on one, and then it. Every replica may say so when it sees a lease's time over; what it
 * says holds only while the lease is as it saw it, so a client that kept it alive elsewhere wins, and of several replicas
 * one does it. While this replica is not complete up to a recent revision it ends nothing, and afterwards every lease has
 * its full time again: an outage of the log expires nobody.
 */
final class LeaseEnds {
    /** Resources that are deleted in one write; what hangs on a lease beyond that goes in further ones. */
    static final int KEYS_AT_ONCE = 1_000;

    /** How long keys may hang on a lease that is not there (it ended while they were put) before they go too. */
    private static final long ORPHANED_MS = 10_000;

    private static final String PRINCIPAL = "lease-expiry";
    private static final Logger LOG = LoggerFactory.getLogger(LeaseEnds.class);

    private final LeaseBook book;
    private final ClusterVoice voice;
    private final Supplier<@Nullable String> notReady;
    private final LongSupplier clockMs;
    /** Replicas look at their clocks apart from each other, so that mostly the first one ends a lease alone. */
    private final long staggerMs;

    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();
    private final Map<Long, Long> orphanedSinceMs = new HashMap<>();
    private boolean gap = true;

    /** @param notReady why the replica is not complete up to a recent revision; null when it is */
    LeaseEnds(
            LeaseBook book,
            ClusterVoice voice,
            Supplier<@Nullable String> notReady,
            LongSupplier clockMs,
            long staggerMs) {
        this.book = book;
        this.voice = voice;
        this.notReady = notReady;
        this.clockMs = clockMs;
        this.staggerMs = staggerMs;
    }

    /** To be called some times a second, on one thread. */
    void tick() {
        if (notReady.get() != null || !book.isOpen()) {
            gap = true;
            return;
        }
        if (gap) {
            gap = false;
            orphanedSinceMs.clear();
            book.restart();
        }
        long nowMs = clockMs.getAsLong();
        for (Held held : book.all()) {
            if (nowMs >= held.deadlineMs() + staggerMs
                    && underWay.add(held.lease().id())) {
                expire(held.lease());
            }
        }
        sweepOrphans(nowMs);
    }

    private void expire(Lease lease) {
        var unused = end(lease, PRINCIPAL, false).whenComplete((ended, failed) -> {
            underWay.remove(lease.id());
            if (failed != null) {
                LOG.warn("lease {} could not be ended, it has its full time again: {}", lease.id(), failed.toString());
                book.restart();
            }
        });
    }

    private void sweepOrphans(long nowMs) {
        List<Long> missing = book.missing();
        orphanedSinceMs.keySet().retainAll(missing);
        for (long id : missing) {
            long sinceMs = orphanedSinceMs.computeIfAbsent(id, none -> nowMs);
            if (nowMs - sinceMs >= ORPHANED_MS && underWay.add(id)) {
                var unused =
                        deleteSome(id, PRINCIPAL, List.of()).whenComplete((deleted, failed) -> underWay.remove(id));
            }
        }
    }

    /**
     * Ends a lease.
     *
     * @param force also where it was kept alive since it was seen
     * @return whether it is ended; false where it was kept alive meanwhile or is gone
     */
    CompletionStage<Boolean> end(Lease lease, String principal, boolean force) {
        Compare still = new Compare(
                lease.key(),
                null,
                force ? Compare.Target.VERSION : Compare.Target.MOD_REVISION,
                force ? Compare.Result.GREATER : Compare.Result.EQUAL,
                force ? 0 : lease.modRevision(),
                null);
        if (book.keysOf(lease.id()).isEmpty()) {
            return say(lease.cluster(), principal, List.of(still), List.of(lease.key()));
        }
        return deleteSome(lease.id(), principal, List.of(still))
                .thenCompose(deleted -> deleted ? end(lease, principal, force) : no());
    }

    /** Deletes up to a bound of what hangs on a lease, of one cluster; whether it did. */
    private CompletionStage<Boolean> deleteSome(long id, String principal, List<Compare> conditions) {
        Map<String, List<ResourceKey>> byCluster = book.byCluster(id);
        if (byCluster.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        String cluster = byCluster.keySet().iterator().next();
        List<ResourceKey> some = byCluster.getOrDefault(cluster, List.of()).stream()
                .limit(KEYS_AT_ONCE)
                .toList();
        List<Compare> compares = new ArrayList<>(conditions);
        some.forEach(key -> compares.add(new Compare(key, null, Compare.Target.LEASE, Compare.Result.EQUAL, id, null)));
        return say(cluster, principal, compares, some).thenApply(deleted -> {
            // the book comes to the same by itself; it is asked again before that
            if (deleted) {
                book.gone(id, some);
            }
            return deleted;
        });
    }

    private CompletionStage<Boolean> say(
            String cluster, String principal, List<Compare> compares, List<ResourceKey> deleted) {
        List<Operation> deletes = deleted.stream()
                .<Operation>map(key -> new Operation.DeleteRange(key, null))
                .toList();
        return voice.say(cluster, principal, new Transaction(compares, deletes, List.of()))
                .thenCompose(KvWrites::decided)
                .thenApply(Decided::succeeded);
    }

    private static CompletionStage<Boolean> no() {
        return CompletableFuture.completedFuture(false);
    }
}
