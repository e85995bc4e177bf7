package io.meshlog.meshapi;

import io.grpc.netty.NettyServerBuilder;
import io.meshlog.events.checkpoint.CheckpointTopic;
import io.meshlog.meshapi.command.AdminService;
import io.meshlog.meshapi.command.CheckpointCatalog;
import io.meshlog.meshapi.gateway.PublishingService;
import io.meshlog.meshapi.grpc.CallMeter;
import io.meshlog.meshapi.grpc.GrpcFace;
import io.meshlog.meshapi.grpc.MeshService;
import io.meshlog.meshapi.grpc.StatusReport;
import io.meshlog.meshapi.http.HttpFace;
import io.meshlog.meshapi.http.Metrics;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.replica.ReadExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mesh-api process: a replica of the fleet's state with everything that serves it, and a gateway to the fleet's log.
 *
 * <p>It serves what its disk holds from the moment it is started, whether Kafka is there or not; readiness and status say
 * how good that is. Missing topics are waited for, with words. It is closed in the order of its clients: watches are told
 * where to go on, streams and commands that another gateway has to be found, then what they stood on goes.
 *
 * <p>Threads: the feed's, the gateway's, the hub's, some that read the store, one that keeps time, one that looks around.
 */
public final class MeshApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MeshApi.class);
    private static final int READ_THREADS = 8;
    private static final int MAX_WAITING_READS = 256;
    private static final int WRITER_THREADS = 4;
    private static final Duration CHECKPOINTS_TIMEOUT = Duration.ofSeconds(5);
    private static final long TICK_MS = 100;
    private static final long LOOK_MS = 1_000;
    private static final long ETCD_LOOK_MS = 500;

    private final Lifetime lifetime;
    private final GrpcFace grpc;
    private final HttpFace http;
    private final ReplicaPart replica;
    private final @Nullable EtcdPart etcd;

    private MeshApi(Lifetime lifetime, ReplicaPart replica, GrpcFace grpc, HttpFace http, @Nullable EtcdPart etcd) {
        this.etcd = etcd;
        this.lifetime = lifetime;
        this.replica = replica;
        this.grpc = grpc;
        this.http = http;
    }

    /**
     * Starts a mesh-api. Does not wait for Kafka.
     *
     * @throws RuntimeException naming the setting, if an address or the data directory cannot be had
     */
    public static MeshApi start(MeshApiConfig config) {
        Lifetime lifetime = new Lifetime();
        try {
            return start(config, lifetime);
        } catch (RuntimeException failed) {
            lifetime.close();
            throw failed;
        }
    }

    private static MeshApi start(MeshApiConfig config, Lifetime lifetime) {
        LongSupplier nowMs = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        Doors doors = new Doors(config, Clock.systemUTC());
        ReplicaPart replica = new ReplicaPart(config, lifetime, Clock.systemUTC());
        GatewayPart gateway = new GatewayPart(config, lifetime, replica.replica, replica.faults, nowMs);
        Surroundings surroundings = lifetime.owns(
                "the look-out",
                new Surroundings(config.kafka(), config.topics(), config.registry(), replica.projector, nowMs));
        replica.follow(gateway);

        ReadExecutor reads = lifetime.owns(
                "the readers",
                new ReadExecutor(
                        READ_THREADS,
                        MAX_WAITING_READS,
                        Thread.ofPlatform().name("read-", 0).daemon(true).factory()));
        StatusReport status = new StatusReport(
                new StatusReport.Self(config.name(), version()),
                replica.replica,
                replica.hub,
                gateway.gateway::connectedClusters,
                () -> components(gateway, surroundings, doors));
        MeshService mesh = new MeshService(replica.replica, replica.hub, reads, status, nowMs);
        CallMeter calls = new CallMeter();
        GrpcFace grpc = lifetime.owns("gRPC", grpc(config, doors, lifetime, gateway, mesh, calls));
        Metrics metrics = new Metrics()
                .ofReplica(replica.replica, replica.hub::openWatches)
                .ofGateway(gateway.gateway.meter(), replica.projector)
                .ofCalls(calls, reads::waiting)
                .ofCertificates(doors.certificates());
        HttpFace http = lifetime.owns(
                "HTTP",
                HttpFace.start(
                        config.listen().http(),
                        new HttpFace.Answers(replica.replica::fault, replica.replica::notReady, metrics)));
        EtcdPart etcd = EtcdPart.start(config, doors, lifetime, replica, gateway, reads, nowMs);
        lifetime.owns("goodbyes", () -> {
            grpc.serving(false);
            replica.hub.stop();
            gateway.stop();
        });
        keepTime(lifetime, replica, gateway, mesh, grpc);
        if (etcd != null) {
            every(lifetime, "etcd-ticker", TICK_MS, etcd::tick);
            every(lifetime, "etcd-marks", ETCD_LOOK_MS, etcd::look);
        }
        every(lifetime, "look-out", LOOK_MS, surroundings::look);
        every(lifetime, "certificates", LOOK_MS, doors::look);
        LOG.info(
                "mesh-api {} of fleet {} is up: gRPC {}, HTTP {}",
                config.name(),
                config.fleet(),
                grpc.port(),
                http.port());
        return new MeshApi(lifetime, replica, grpc, http, etcd);
    }

    private static List<Component> components(GatewayPart gateway, Surroundings surroundings, Doors doors) {
        return Stream.of(List.of(gateway.component()), surroundings.components(), doors.components())
                .flatMap(List::stream)
                .toList();
    }

    private static GrpcFace grpc(
            MeshApiConfig config,
            Doors doors,
            Lifetime lifetime,
            GatewayPart gateway,
            MeshService mesh,
            CallMeter calls) {
        ExecutorService writers = lifetime.ownsThreads(
                "the writers' threads",
                Executors.newFixedThreadPool(
                        WRITER_THREADS,
                        Thread.ofPlatform().name("publish-", 0).daemon(true).factory()));
        NettyServerBuilder transport = doors.at(config.listen().grpc())
                .permitKeepAliveTime(GrpcFace.PERMITTED_KEEP_ALIVE_MS, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConcurrentCallsPerConnection(GrpcFace.MAX_CALLS_PER_CONNECTION);
        return GrpcFace.start(
                transport,
                new GrpcFace.Services(
                        List.of(mesh, new AdminService(gateway.commands, checkpoints(config, lifetime))),
                        List.of(new PublishingService(gateway.gateway)),
                        writers,
                        List.of(calls, doors.access(config.listen().grpc()))));
    }

    private static CheckpointCatalog checkpoints(MeshApiConfig config, Lifetime lifetime) {
        return new CheckpointCatalog(
                () -> new CheckpointTopic(config.kafka(), config.topics(), CHECKPOINTS_TIMEOUT),
                lifetime.ownsThread("checkpoint-catalog"));
    }

    private static void keepTime(
            Lifetime lifetime, ReplicaPart replica, GatewayPart gateway, MeshService mesh, GrpcFace grpc) {
        every(lifetime, "ticker", TICK_MS, () -> {
            gateway.tick();
            replica.hub.tick();
            mesh.tick();
            grpc.serving(replica.replica.synced());
        });
    }

    private static void every(Lifetime lifetime, String name, long ms, Runnable task) {
        ScheduledExecutorService timer = lifetime.ownsThreads(
                name,
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name(name).daemon(true).factory()));
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException failed) {
                        // the next round tries again; a timer that stops would be noticed by nobody
                        LOG.error("{} failed", name, failed);
                    }
                },
                0,
                ms,
                TimeUnit.MILLISECONDS);
    }

    private static String version() {
        String version = MeshApi.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** The port gRPC is served on. */
    public int grpcPort() {
        return grpc.port();
    }

    /** The port HTTP is served on. */
    public int httpPort() {
        return http.port();
    }

    /** The port etcd is served on; 0 where it is not. */
    public int etcdPort() {
        return etcd == null ? 0 : etcd.port();
    }

    /** Whether what is served is complete up to a recent revision. */
    public boolean synced() {
        return replica.replica.synced();
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
