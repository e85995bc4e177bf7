package io.meshlog.cli.serve;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.publisher.Publisher;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.PublisherStatus;
import io.meshlog.publisher.SourceConfig.Manifests;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.source.manifest.ClusterManifest;
import io.meshlog.schemas.v1.AdmitRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters of a folder, each a folder of manifests with a {@code cluster.yaml}: admitted to the fleet, then
 * published, all in this process and straight from the folder, so that an edit is a change in the fleet.
 *
 * <p>One thread admits and starts; it tries again for as long as the fleet does not answer.
 */
final class ExampleFleet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExampleFleet.class);
    private static final Duration DECISION_LIMIT = Duration.ofSeconds(10);
    private static final long RETRY_MS = 300;

    /** Nobody but the person at this machine waits: look often, and come back soon. */
    private static final Reconnect RECONNECT = new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(2));

    private static final Duration SCAN_INTERVAL = Duration.ofSeconds(2);

    private final List<Path> folders;
    private final ServerAddress server;
    private final List<Publisher> publishers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("example-fleet").daemon(true).unstarted(this::publishAll);

    private ExampleFleet(List<Path> folders, ServerAddress server) {
        this.folders = folders;
        this.server = server;
    }

    static AutoCloseable start(Path folder, String server, @Nullable ServerAddress http) throws IOException {
        ExampleFleet fleet = new ExampleFleet(clusters(folder), ServerAddress.parse(server, "--server"));
        AutoCloseable served = StatusPage.beside(http, fleet::statuses, fleet);
        fleet.thread.start();
        return served;
    }

    private static List<Path> clusters(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            List<Path> clusters = children.filter(child -> Files.isRegularFile(child.resolve("cluster.yaml")))
                    .sorted()
                    .toList();
            if (clusters.isEmpty()) {
                throw new IllegalArgumentException(
                        "--example-fleet: no folder in %s has a cluster.yaml".formatted(folder));
            }
            return clusters;
        }
    }

    /** Of every cluster; of none before all are published, so that nobody takes a part for the whole. */
    private List<PublisherStatus> statuses() {
        return publishers.size() < folders.size()
                ? List.of()
                : publishers.stream().map(Publisher::status).toList();
    }

    private void publishAll() {
        try {
            for (Path folder : folders) {
                Cluster cluster = ClusterManifest.read(folder.resolve("cluster.yaml"));
                if (!admitted(cluster)) {
                    return;
                }
                Publisher publisher = new Publisher(config(folder, cluster));
                publishers.add(publisher);
                publisher.start();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException wrong) {
            LOG.error("the example fleet is not published: {}", wrong.getMessage(), wrong);
        }
    }

    /** False where this closes before. */
    private boolean admitted(Cluster cluster) throws InterruptedException {
        AdmitRequest request = AdmitRequest.newBuilder()
                .setCluster(ResourceProtos.cluster(cluster))
                .build();
        String lastTrouble = "";
        do {
            try (MeshConnection connection = MeshConnection.open(server)) {
                var unused = connection.admin(Optional.of(DECISION_LIMIT)).admit(request);
                return true;
            } catch (StatusRuntimeException failed) {
                if (failed.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
                    throw failed;
                }
                String trouble = String.valueOf(failed.getMessage());
                if (!trouble.equals(lastTrouble)) {
                    LOG.info("cluster {} waits to be admitted: {}", cluster.name(), trouble);
                }
                lastTrouble = trouble;
            }
        } while (!closing.await(RETRY_MS, TimeUnit.MILLISECONDS));
        return false;
    }

    private PublisherConfig config(Path folder, Cluster cluster) {
        return new PublisherConfig(
                ExportSettings.ofCluster(cluster.name(), cluster.id()),
                List.of(server.authority()),
                new GatewaySecurity.InsecureDev("publisher-" + cluster.name()),
                PublisherConfig.DEFAULT_WRITER,
                new Manifests(folder, SCAN_INTERVAL, Manifests.DEFAULT_QUIET_PERIOD),
                RECONNECT);
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
        try {
            boolean unused = thread.join(DECISION_LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        publishers.forEach(Publisher::close);
    }
}
