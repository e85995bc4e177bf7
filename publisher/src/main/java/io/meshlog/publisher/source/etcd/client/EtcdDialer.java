package io.meshlog.publisher.source.etcd.client;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Connections to an etcd, one at a time, each to the next of its endpoints. After a failure it waits, from {@value
 * #LEAST_WAIT_MS} ms to {@value #MOST_WAIT_MS} ms, twice as long each time and a random part of it. For one thread.
 */
public final class EtcdDialer {
    private static final long LEAST_WAIT_MS = 100;
    private static final long MOST_WAIT_MS = 10_000;

    private final EtcdConfig config;
    private final @Nullable String cluster;
    private final RandomGenerator random;
    private int next;
    private long waitMs;

    /** @param cluster whom a Meshlog without certificates is to take the client for; null for nobody */
    public EtcdDialer(EtcdConfig config, @Nullable String cluster, RandomGenerator random) {
        this.config = config;
        this.cluster = cluster;
        this.random = random;
    }

    /**
     * The next connection; the one before is the caller's to close.
     *
     * @throws EtcdException if the certificates cannot be read
     */
    public EtcdConnection connect() {
        return EtcdConnection.open(
                config.endpoints().get(next++ % config.endpoints().size()), config.tls(), cluster);
    }

    /** Waits before another attempt. */
    public void pause() throws InterruptedException {
        waitMs = Math.clamp(2 * waitMs, LEAST_WAIT_MS, MOST_WAIT_MS);
        Thread.sleep(waitMs - random.nextLong(waitMs / 2 + 1));
    }

    /** The etcd answered: the next wait is a short one again. */
    public void answered() {
        waitMs = 0;
    }
}
