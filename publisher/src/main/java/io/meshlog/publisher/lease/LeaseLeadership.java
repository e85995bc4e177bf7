package io.meshlog.publisher.lease;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.meshlog.publisher.outbox.Leadership;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leadership by a Lease object, as Kubernetes' own controllers elect their leaders. Who cannot renew it in time gives it up
 * before another may take it, and stands again; a closed one releases it, so that another takes over within {@link
 * Timing#retry}.
 *
 * <p>Two may believe that they lead while a process is paused past its lease. The fleet decides then: the session that was
 * opened last is the one that counts, and the other is fenced and stands back.
 */
public final class LeaseLeadership implements Leadership, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLeadership.class);
    private static final long RELEASE_TIMEOUT_MS = 5_000;

    /**
     * How fast.
     *
     * @param lease how long a silent leader keeps it
     * @param renewDeadline how long a leader that cannot renew it goes on; shorter than the lease
     * @param retry between two attempts to take or to renew it
     */
    public record Timing(Duration lease, Duration renewDeadline, Duration retry) {
        /** What Kubernetes' own controllers use. */
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private volatile boolean held;
    private boolean closed;
    private @Nullable CompletableFuture<?> election;

    /**
     * @param client closed by whoever made it, after this
     * @param identity unique among those that stand
     */
    public LeaseLeadership(KubernetesClient client, String namespace, String name, String identity, Timing timing) {
        this.client = client;
        this.config = new LeaderElectionConfigBuilder()
                .withName(name)
                .withLock(new LeaseLock(
                        new ObjectMetaBuilder()
                                .withNamespace(namespace)
                                .withName(name)
                                .build(),
                        identity))
                .withLeaseDuration(timing.lease())
                .withRenewDeadline(timing.renewDeadline())
                .withRetryPeriod(timing.retry())
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(
                        new LeaderCallbacks(this::onLeading, this::onNotLeading, LeaseLeadership::onLeader))
                .build();
    }

    /** Stands for election, until it is closed. */
    public synchronized void start() {
        if (closed) {
            return;
        }
        CompletableFuture<?> next =
                client.leaderElector().withConfig(config).build().start();
        election = next;
        var unused = next.whenComplete((nothing, failed) -> {
            held = false;
            if (failed != null && !next.isCancelled()) {
                LOG.warn("the election ended, it begins anew: {}", failed.toString());
            }
            start();
        });
    }

    @Override
    public boolean held() {
        return held;
    }

    private void onLeading() {
        LOG.info("this publisher leads now: {}", config.getLock().describe());
        held = true;
    }

    private void onNotLeading() {
        LOG.info("this publisher does not lead any more: {}", config.getLock().describe());
        held = false;
        released.complete(null);
    }

    private static void onLeader(String identity) {
        LOG.debug("the leader is \"{}\"", identity);
    }

    /** Gives it up; returns once it is released or cannot be. */
    @Override
    public void close() {
        CompletableFuture<?> running;
        boolean leading;
        synchronized (this) {
            closed = true;
            running = election;
            leading = held;
        }
        if (running == null) {
            return;
        }
        running.cancel(true);
        if (leading) {
            awaitRelease();
        }
        held = false;
    }

    private void awaitRelease() {
        try {
            released.get(RELEASE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException late) {
            LOG.warn("the lease was not released, another waits until it runs out: {}", late.toString());
        }
    }
}
