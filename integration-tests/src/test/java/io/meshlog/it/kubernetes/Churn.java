package io.meshlog.it.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes, changes and deletes endpoints of a cluster without end, also while its API server is away. Neither a name nor an
 * address is used twice, so a key that is deleted at the other end was either let go here, or deleted by mistake.
 */
final class Churn implements AutoCloseable {
    private static final String NAMESPACE = "shop";
    private static final int FIRST_IDENTITY = 721_300;
    private static final int IDENTITIES = 10_000;
    private static final long PAUSE_MS = 20;
    private static final int OCTETS = 250;

    private final KubernetesApi api;
    private final Random random;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("churn").daemon().factory());
    private final Future<?> running;
    private final List<Pod> present = new ArrayList<>();
    private final Set<String> letGo = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private int made;

    private record Pod(int number) {
        String name() {
            return "churn-" + number;
        }

        String address() {
            return "10.200.%d.%d".formatted(number / OCTETS, 1 + number % OCTETS);
        }
    }

    Churn(KubernetesApi api, long seed) {
        this.api = api;
        this.random = new Random(seed);
        this.running = thread.scheduleWithFixedDelay(this::once, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void once() {
        try {
            int die = random.nextInt(4);
            if (die == 0 || present.isEmpty()) {
                present.add(make());
            } else if (die == 1 && present.size() > 1) {
                delete(present.get(random.nextInt(present.size())));
            } else {
                String patch = "{\"status\":{\"identity\":{\"id\":%d}}}".formatted(identity());
                api.merge(
                        ClusterKind.CILIUM_ENDPOINT,
                        NAMESPACE,
                        present.get(random.nextInt(present.size())).name(),
                        patch);
            }
        } catch (KubernetesClientException away) {
            // of such a call it is not known what came of it, and nobody says so
            refused.incrementAndGet();
        }
    }

    private Pod make() {
        Pod pod = new Pod(made++);
        var unused = api.create("""
                apiVersion: cilium.io/v2
                kind: CiliumEndpoint
                metadata: {name: %s, namespace: shop}
                status: {identity: {id: %d}, networking: {addressing: [{ipv4: %s}], node: 172.18.0.3}}
                """.formatted(pod.name(), identity(), pod.address()));
        return pod;
    }

    private void delete(Pod pod) {
        present.remove(pod);
        letGo.add(pod.address());
        api.delete(ClusterKind.CILIUM_ENDPOINT, NAMESPACE, pod.name());
    }

    private int identity() {
        return FIRST_IDENTITY + random.nextInt(IDENTITIES);
    }

    static String keyOf(String address) {
        return "cilium/state/ip/v1/default/" + address;
    }

    /** Makes one more endpoint, which stays as it is; answers its key. */
    String makeOne() throws InterruptedException, ExecutionException {
        return keyOf(thread.submit(this::make).get().address());
    }

    /** The addresses of endpoints that were deleted, or may have been. */
    Set<String> letGo() {
        return letGo;
    }

    /** How many calls failed so far. */
    int refused() {
        return refused.get();
    }

    /** What the API server lists now: the identity by the key. */
    Map<String, Integer> listed() {
        Map<String, Integer> identities = new TreeMap<>();
        api.list(ClusterKind.CILIUM_ENDPOINT, NAMESPACE).stream()
                .filter(endpoint -> endpoint.getMetadata().getName().startsWith("churn-"))
                .forEach(endpoint -> identities.put(
                        keyOf(endpoint.get("status", "networking", "addressing", 0, "ipv4")),
                        ((Number) endpoint.get("status", "identity", "id")).intValue()));
        return identities;
    }

    /** Nothing changes after this. */
    void stop() throws InterruptedException {
        running.cancel(false);
        thread.shutdown();
        if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the last call takes longer than a minute");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
