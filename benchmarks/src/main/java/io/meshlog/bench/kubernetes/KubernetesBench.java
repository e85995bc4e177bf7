package io.meshlog.bench.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * A publisher of a large cluster, from its Kubernetes API to a watching agent: {@code KubernetesBench SERVER CLUSTER
 * CLUSTER_ID [ENDPOINTS=150000] [NODES=5000] [RATE=2000] [SECONDS=60]}. The cluster is admitted already; the publisher's JVM
 * takes the options in {@code PUBLISHER_JAVA_OPTS}. The time of a change runs from when it was due.
 */
public final class KubernetesBench {
    private static final int BURST = 2_000;
    private static final int PATIENCE_SECONDS = 300;
    private static final double NANOS_PER_MS = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final LargeCluster cluster;
    private final ApiServer api;
    private final AgentWatch agent;
    private final MeasuredPublisher publisher;
    private final long[] dueNanos;
    private int changes;

    private KubernetesBench(LargeCluster cluster, ApiServer api, AgentWatch agent, MeasuredPublisher publisher) {
        this.cluster = cluster;
        this.api = api;
        this.agent = agent;
        this.publisher = publisher;
        this.dueNanos = new long[cluster.endpoints()];
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: KubernetesBench SERVER CLUSTER CLUSTER_ID [ENDPOINTS] [NODES] [RATE] [SECONDS]");
            System.exit(2);
        }
        LargeCluster cluster = new LargeCluster(
                Integer.parseInt(arguments[2]), number(arguments, 3, 150_000), number(arguments, 4, 5_000));
        Path folder = Files.createTempDirectory("kubernetes-bench");
        Path log = folder.resolve("publisher.log");
        String options = System.getenv().getOrDefault("PUBLISHER_JAVA_OPTS", "-Xmx256m");
        long begun = System.nanoTime();
        try (ApiServer api = new ApiServer(cluster);
                AgentWatch agent = new AgentWatch(arguments[0], arguments[1], cluster);
                MeasuredPublisher publisher = new MeasuredPublisher(
                        options,
                        List.of(
                                "--source=kubernetes",
                                "--kubeconfig=" + api.kubeconfig(folder.resolve("kubeconfig")),
                                "--cluster=" + arguments[1],
                                "--cluster-id=" + arguments[2],
                                "--server=" + arguments[0],
                                "--insecure-dev"),
                        log)) {
            System.out.printf("publisher's JVM: %s; its log: %s%n", options, log);
            new KubernetesBench(cluster, api, agent, publisher)
                    .run(begun, number(arguments, 5, 2_000), number(arguments, 6, 60));
        }
    }

    private static int number(String[] arguments, int place, int otherwise) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
    }

    private void run(long begun, int rate, int seconds) throws IOException, InterruptedException {
        if (rate * seconds + 2 * BURST > cluster.endpoints()) {
            throw new IllegalArgumentException("each endpoint changes once: there are too few for so many changes");
        }
        agent.awaitEndpoints(PATIENCE_SECONDS);
        System.out.printf(
                "%,d endpoints of %,d nodes are at the agent %.1f s after the publisher's start; it took %.1f s of CPU%n",
                cluster.endpoints(),
                cluster.nodes(),
                (System.nanoTime() - begun) / NANOS_PER_SECOND,
                publisher.cpuSeconds());
        api.awaitFollowed();
        steady(rate, seconds);
        burst();
        burst();
        System.out.printf(
                "publisher: %.0f MiB resident, %.0f at the most%n",
                publisher.residentMib(), publisher.mostResidentMib());
    }

    private void steady(int rate, int seconds) throws IOException {
        double cpuBefore = publisher.cpuSeconds();
        long start = System.nanoTime();
        int count = rate * seconds;
        for (int number = 0; number < count; number++) {
            long due = start + TimeUnit.SECONDS.toNanos(number) / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            change(due);
        }
        agent.awaitChanged(changes, PATIENCE_SECONDS);
        double took = (System.nanoTime() - start) / NANOS_PER_SECOND;
        Histogram latencies = latencies(changes - count, changes);
        System.out.printf(
                "%,d changes at %,d/s, all seen after %.1f s: p50 %.0f ms, p99 %.0f ms, max %.0f ms;"
                        + " publisher %.0f us of CPU for each, %.0f MiB resident%n",
                count,
                rate,
                took,
                latencies.getValueAtPercentile(50) / NANOS_PER_MS,
                latencies.getValueAtPercentile(99) / NANOS_PER_MS,
                latencies.getMaxValue() / NANOS_PER_MS,
                (publisher.cpuSeconds() - cpuBefore) * 1e6 / count,
                publisher.residentMib());
    }

    private void burst() {
        long now = System.nanoTime();
        for (int number = 0; number < BURST; number++) {
            change(now);
        }
        agent.awaitChanged(changes, PATIENCE_SECONDS);
        Histogram latencies = latencies(changes - BURST, changes);
        System.out.printf(
                "a burst of %,d changes: the first after %.0f ms, half after %.0f ms, the last after %.0f ms%n",
                BURST,
                latencies.getMinValue() / NANOS_PER_MS,
                latencies.getValueAtPercentile(50) / NANOS_PER_MS,
                latencies.getMaxValue() / NANOS_PER_MS);
    }

    private void change(long dueNs) {
        dueNanos[changes++] = dueNs;
        api.change();
    }

    private Histogram latencies(int from, int to) {
        Histogram latencies = new Histogram(3);
        for (int number = from; number < to; number++) {
            latencies.recordValue(Math.max(0, agent.changedNanos(number) - dueNanos[number]));
        }
        return latencies;
    }
}
