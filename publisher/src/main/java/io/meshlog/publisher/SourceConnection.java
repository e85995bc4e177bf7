package io.meshlog.publisher;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.meshlog.publisher.lease.LeaseLeadership;
import io.meshlog.publisher.outbox.Leadership;
import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.kubernetes.ClusterClients;
import io.meshlog.publisher.source.kubernetes.KubernetesSource;
import io.meshlog.publisher.source.manifest.ManifestSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A configured source, and who of its readers speaks for the cluster. */
record SourceConnection(Source source, Leadership leadership) {

    /** @throws IllegalArgumentException if the source cannot be opened as it is configured */
    static SourceConnection open(SourceConfig config) {
        return switch (config) {
            case SourceConfig.Manifests manifests ->
                new SourceConnection(
                        new ManifestSource(
                                manifests.directory(),
                                manifests.scanInterval(),
                                manifests.quietPeriod(),
                                InstantSource.system()),
                        Leadership.ALWAYS);
            case SourceConfig.Kubernetes kubernetes -> kubernetes(kubernetes);
        };
    }

    private static SourceConnection kubernetes(SourceConfig.Kubernetes config) {
        KubernetesClient client = client(config.kubeconfig());
        Source source = new KubernetesSource(client, config.settings());
        SourceConfig.Lease lease = config.lease();
        if (lease == null) {
            return new SourceConnection(source, Leadership.ALWAYS);
        }
        LeaseLeadership leadership = new LeaseLeadership(
                client, lease.namespace(), lease.name(), lease.identity(), LeaseLeadership.Timing.DEFAULT);
        return new SourceConnection(new ElectedSource(source, leadership), leadership);
    }

    private static KubernetesClient client(@Nullable Path kubeconfig) {
        if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
            throw new IllegalArgumentException("kubernetes.kubeconfig: %s cannot be read".formatted(kubeconfig));
        }
        try {
            Config found = kubeconfig == null ? Config.autoConfigure(null) : Config.fromKubeconfig(kubeconfig.toFile());
            return ClusterClients.connect(found);
        } catch (KubernetesClientException wrong) {
            throw new IllegalArgumentException("kubernetes.kubeconfig: " + wrong.getMessage(), wrong);
        }
    }

    /** A source whose reader stands for election while it reads. */
    private record ElectedSource(Source source, LeaseLeadership leadership) implements Source {
        @Override
        public void start(SourceListener listener) {
            source.start(listener);
            leadership.start();
        }

        @Override
        public void close() {
            leadership.close();
            source.close();
        }
    }
}
