package io.meshlog.publisher;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.lease.LeaseLeadership;
import io.meshlog.publisher.outbox.Leadership;
import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.etcd.EtcdSource;
import io.meshlog.publisher.source.etcd.client.EtcdConfig;
import io.meshlog.publisher.source.etcd.client.EtcdDialer;
import io.meshlog.publisher.source.kubernetes.ClusterClients;
import io.meshlog.publisher.source.kubernetes.KubernetesSource;
import io.meshlog.publisher.source.manifest.ManifestSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A configured source, and who of its readers speaks for the cluster. */
record SourceConnection(Source source, Leadership leadership) {

    /** @throws IllegalArgumentException if the source cannot be opened as it is configured */
    static SourceConnection open(SourceConfig config, ExportSettings export) {
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
            case SourceConfig.Etcd etcd -> etcd(etcd.config(), export);
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

    /** Nobody elects: of two publishers of one etcd the later fences the earlier, which opens anew after a wait, in turn. */
    private static SourceConnection etcd(Path config, ExportSettings export) {
        try {
            EtcdDialer dialer = new EtcdDialer(EtcdConfig.read(config), null, new SplittableRandom());
            return new SourceConnection(
                    new EtcdSource(dialer, export.cluster(), export.clusterId()), Leadership.ALWAYS);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("etcd.config: %s cannot be read".formatted(config), unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("etcd.config: " + wrong.getMessage(), wrong);
        }
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
