package io.meshlog.publisher;

import io.meshlog.publisher.source.kubernetes.KubernetesSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where a cluster's objects come from: {@code source} in the configuration file, and the section of that name. */
public sealed interface SourceConfig {

    /**
     * A directory of manifests.
     *
     * @param scanInterval the longest time between two looks at it
     * @param quietPeriod how long it has to be quiet after a change before it is read
     */
    record Manifests(Path directory, Duration scanInterval, Duration quietPeriod) implements SourceConfig {
        public static final Duration DEFAULT_SCAN_INTERVAL = Duration.ofSeconds(5);
        public static final Duration DEFAULT_QUIET_PERIOD = Duration.ofMillis(100);
        private static final Duration LEAST_SCAN_INTERVAL = Duration.ofMillis(10);

        public Manifests {
            if (scanInterval.compareTo(LEAST_SCAN_INTERVAL) < 0) {
                throw new IllegalArgumentException(
                        "manifests.scanInterval: %s is shorter than 10 ms".formatted(scanInterval));
            }
            if (quietPeriod.isNegative()) {
                throw new IllegalArgumentException("manifests.quietPeriod: %s is negative".formatted(quietPeriod));
            }
        }

        public static Manifests in(Path directory) {
            return new Manifests(directory, DEFAULT_SCAN_INTERVAL, DEFAULT_QUIET_PERIOD);
        }
    }

    /**
     * A cluster's Kubernetes API.
     *
     * @param kubeconfig how to reach it; null for what a pod is given, else the usual places of kubectl
     * @param lease what publishers of this cluster elect their leader with; null for the only one, which leads always
     */
    record Kubernetes(
            @Nullable Path kubeconfig,
            KubernetesSettings settings,
            @Nullable Lease lease) implements SourceConfig {}

    /**
     * The etcd of a cluster's clustermesh-apiserver.
     *
     * @param config how to reach it, in Cilium's own format
     */
    record Etcd(Path config) implements SourceConfig {}

    /**
     * A Lease object of the Kubernetes API.
     *
     * @param identity who this process is among those that stand for election, unique: a pod's name
     */
    record Lease(String namespace, String name, String identity) {
        public Lease {
            requireText("kubernetes.lease.namespace", namespace);
            requireText("kubernetes.lease.name", name);
            requireText("kubernetes.lease.identity", identity);
        }

        private static void requireText(String setting, String text) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException(setting + ": is empty");
            }
        }
    }
}
