package io.meshlog.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.it.projector.Changelog;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.meshapi.MeshApiConfig;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import io.meshlog.publisher.Publisher;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.SourceConfig.Manifests;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.outbox.Leadership;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.Component;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole fleet but for its brokers: publisher, gateway and replica, projector, registry, and a watch on the end of it. */
public final class FleetInProcess implements AutoCloseable {
    public static final Duration START_LIMIT = Duration.ofMinutes(1);

    final FaultyRegistry registry = new FaultyRegistry();
    public final ScriptedCluster cluster = new ScriptedCluster();
    final Topics topics;
    public final RecordingWatch watch;
    private final KafkaConnection kafka;
    private final Path folder;
    private final Projector projector;
    private final Publisher publisher;
    private MeshApi meshApi;
    private ManagedChannel channel;

    /** Starts all of it and waits until the first node has gone the whole way. */
    FleetInProcess(String fleet, Brokers brokers, Path folder) {
        this(fleet, brokers.direct(), brokers.proxied(), Brokers.COUNT, folder);
    }

    /** The same on one broker. */
    public static FleetInProcess onOneBroker(String fleet, EmbeddedKafka broker, Path folder) {
        return new FleetInProcess(fleet, broker.bootstrapServers(), broker.bootstrapServers(), 1, folder);
    }

    private FleetInProcess(String fleet, String brokers, String projectorsBrokers, int replication, Path folder) {
        this.topics = new Topics(fleet);
        this.kafka = KafkaConnection.of(brokers);
        this.folder = folder;
        this.projector = new Projector(ProjectorConfig.read("", projectorSettings(projectorsBrokers, replication)));
        projector.start();
        startMeshApi(0);
        await("the fleet's founding").atMost(START_LIMIT).until(meshApi::synced);
        await("the cluster's admission")
                .atMost(START_LIMIT)
                .ignoreExceptions()
                .until(() -> admit(ScriptedCluster.NAME, 1));
        publisher = new Publisher(publisherConfig(), cluster, Leadership.ALWAYS);
        publisher.start();
        await("the publisher")
                .atMost(START_LIMIT)
                .until(() -> publisher.status().synced());
        watch = new RecordingWatch(channel);
        cluster.sayOne();
        awaitSeen(START_LIMIT);
    }

    private Map<String, String> projectorSettings(String bootstrapServers, int replication) {
        return Map.of(
                "MESHLOG_PROJECTOR_FLEET",
                topics.fleet(),
                "MESHLOG_PROJECTOR_DATA_DIR",
                folder.resolve(topics.fleet() + "-projector").toString(),
                "MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS",
                bootstrapServers,
                "MESHLOG_PROJECTOR_KAFKA_REPLICATION_FACTOR",
                Integer.toString(replication),
                "MESHLOG_PROJECTOR_REGISTRY_URL",
                registry.url().toString(),
                "MESHLOG_PROJECTOR_STREAMS_SESSION_TIMEOUT_MS",
                "2000",
                "MESHLOG_PROJECTOR_HTTP_BIND",
                "",
                "MESHLOG_PROJECTOR_DECIDER_FOUND",
                "true");
    }

    private PublisherConfig publisherConfig() {
        return new PublisherConfig(
                ExportSettings.ofCluster(ScriptedCluster.NAME, 1),
                List.of("127.0.0.1:" + meshApi.grpcPort()),
                new GatewaySecurity.InsecureDev("publisher"),
                PublisherConfig.DEFAULT_WRITER,
                Manifests.in(folder),
                new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(1)));
    }

    /** Ends the replica and gateway and starts them on what the disk holds; the watch goes on. */
    void restartMeshApi() {
        int port = meshApi.grpcPort();
        watch.end();
        channel.shutdownNow();
        meshApi.close();
        startMeshApi(port);
        watch.goOn(channel);
    }

    private void startMeshApi(int grpcPort) {
        meshApi = MeshApi.start(meshApiConfig("mesh-api-0", "mesh-api", grpcPort, ScriptedCluster.NAME));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", meshApi.grpcPort())
                .usePlaintext()
                .build();
    }

    private MeshApiConfig meshApiConfig(String name, String itsFolder, int grpcPort, String etcdCluster) {
        return new MeshApiConfig(
                topics.fleet(),
                name,
                folder.resolve(topics.fleet() + "-" + itsFolder),
                kafka,
                registry.url(),
                new Listen(KafkaProxy.loopback(grpcPort), KafkaProxy.loopback(0), true),
                new MeshApiConfig.Etcd(KafkaProxy.loopback(0), etcdCluster),
                MeshApiConfig.FeedMode.EVENTS,
                GatewayLimits.DEFAULT);
    }

    /** Another replica and gateway of the fleet, for the caller to close. */
    public MeshApi startAnother(String name) {
        return startAnother(name, ScriptedCluster.NAME);
    }

    /** The same, with an etcd face that shows what the given cluster's own etcd would. */
    public MeshApi startAnother(String name, String etcdCluster) {
        return MeshApi.start(meshApiConfig(name, name, 0, etcdCluster));
    }

    /** Where the mesh-api serves etcd's clients, on loopback. */
    public int etcdPort() {
        return meshApi.etcdPort();
    }

    /** Admits a cluster; true, or an error. */
    public boolean admit(String name, int id) {
        AdminGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .admit(AdmitRequest.newBuilder()
                        .setCluster(Cluster.newBuilder().setName(name).setId(id))
                        .build());
        return true;
    }

    /** Where the mesh-api listens, on loopback. */
    public int grpcPort() {
        return meshApi.grpcPort();
    }

    Projector projector() {
        return projector;
    }

    Publisher publisher() {
        return publisher;
    }

    /** What the replica says of itself and of the others. */
    public StatusResponse status() {
        return mesh().status(StatusRequest.getDefaultInstance());
    }

    /** What the replica says of one other part. */
    Component component(String name) {
        return status().getComponentsList().stream()
                .filter(component -> component.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** How many nodes the replica lists now. */
    int listed() {
        int listed = 0;
        var pages = mesh().list(ListRequest.newBuilder()
                .setSelector(Selector.newBuilder().addKinds("nodes"))
                .build());
        while (pages.hasNext()) {
            listed += pages.next().getResourcesCount();
        }
        return listed;
    }

    private MeshGrpc.MeshBlockingStub mesh() {
        return MeshGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
    }

    /** Waits until the watch has seen as much as was said. */
    public void awaitSeen(Duration bound) {
        int said = cluster.said();
        await("%d nodes on the watch, which has seen %d".formatted(said, watch.seen()))
                .atMost(bound)
                .until(() -> watch.seen() >= said);
    }

    /** Says one more, waits until it is seen, and answers how long that took. */
    public long roundTripMs(Duration bound) {
        long start = System.nanoTime();
        cluster.sayOne();
        awaitSeen(bound);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Everything that was said was acknowledged and seen once, in order, and the changelog is what the log says. */
    public void assertNothingIsLost() {
        await("the last acknowledgement")
                .atMost(START_LIMIT)
                .until(() -> publisher.status().synced());
        watch.assertSawAll(cluster.said());
        // a replica decides for itself, so the projector may be behind what the watch saw
        await("the projector").atMost(START_LIMIT).untilAsserted(() -> {
            assertThat(projector.status().trouble()).isNull();
            Changelog.Comparison comparison = Changelog.compare(kafka, topics);
            assertThat(comparison.actual())
                    .as("the guarantee Deterministic: the changelog is the fold of the log")
                    .isEqualTo(comparison.expected());
        });
    }

    @Override
    public void close() {
        watch.close();
        publisher.close();
        channel.shutdownNow();
        meshApi.close();
        projector.close();
        registry.close();
    }
}
