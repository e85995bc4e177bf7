package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether the API server answers: it is asked for its version, again and again, on a thread of its own. The watches cannot
 * tell: one that ended tries again by itself and says nothing, and one that is well may be silent for minutes.
 */
final class ApiServerProbe implements AutoCloseable {
    private final KubernetesClient client;
    private final Duration interval;
    private final Runnable onChange;
    private final Thread thread;
    private volatile @Nullable String failure;

    /** @param onChange called on the probe's thread when {@link #failure} is another one */
    ApiServerProbe(KubernetesClient client, Duration interval, Runnable onChange) {
        this.client = client;
        this.interval = interval;
        this.onChange = onChange;
        this.thread = Thread.ofPlatform().name("kubernetes-probe").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Why the last question was not answered; null where it was, and before the first. */
    @Nullable
    String failure() {
        return failure;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                String now = ask();
                boolean changed = (now == null) != (failure == null);
                failure = now;
                if (changed) {
                    onChange.run();
                }
                Thread.sleep(interval);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable String ask() {
        try {
            var unused = client.getKubernetesVersion();
            return null;
        } catch (KubernetesClientException failed) {
            return String.valueOf(failed.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
