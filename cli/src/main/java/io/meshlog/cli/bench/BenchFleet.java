package io.meshlog.cli.bench;

import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.client.ClientTls;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.events.model.Kind;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.ClusterStatus;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The simulated clusters in a fleet: admitted under names that begin with {@value #PREFIX} and the highest ids that are
 * free, and expelled at the end. What an earlier run that was killed left is expelled first.
 */
final class BenchFleet implements AutoCloseable {
    /** What every simulated cluster's name begins with. */
    static final String PREFIX = "meshlog-bench-";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MANY_CLUSTERS = 255;
    private static final int SHIFT = 16;
    private static final long FIRST_LOCAL_IDENTITY = 256;

    private final ServerAddress server;
    private final @Nullable Path certificates;
    private final MeshConnection connection;
    private final Scenario scenario;
    private final BitSet taken = new BitSet();
    private final List<ClusterSession> sessions = new ArrayList<>();
    private int mostClusters;

    /** @param certificates where each cluster has its {@code NAME.crt} and {@code NAME.key}; null without encryption */
    BenchFleet(ServerAddress server, @Nullable Path certificates, Scenario scenario) {
        this.server = server;
        this.certificates = certificates;
        this.scenario = scenario;
        this.connection = MeshConnection.open(server);
    }

    /**
     * Makes sure that nothing of anybody else's is there, unless that is allowed, and nothing of an earlier run.
     *
     * @return how many clusters of an earlier run were expelled
     */
    int prepare(boolean besideOthers) {
        StatusResponse status = status();
        mostClusters = status.getFleet().getMaxConnectedClusters();
        List<String> others = status.getClustersList().stream()
                .filter(cluster -> !cluster.getName().startsWith(PREFIX))
                .map(ClusterStatus::getName)
                .toList();
        if (!others.isEmpty() && !besideOthers) {
            throw new CliException(
                    ExitCode.ERROR,
                    "fleet %s has %d clusters of its own, for example %s; a measurement would slow them down"
                            .formatted(status.getFleet().getName(), others.size(), others.getFirst()),
                    "Start a fleet without any:  meshlog up --no-examples --data /tmp/meshlog-bench",
                    "Or do it all the same:  --yes");
        }
        int left = expelAll(done -> {});
        status().getClustersList().forEach(cluster -> taken.set(cluster.getId()));
        int free = mostClusters - taken.cardinality();
        if (scenario.clusters() > free) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--clusters is %d, the fleet has room for %d: it takes %d in all"
                            .formatted(scenario.clusters(), free, mostClusters));
        }
        return left;
    }

    /** Admits clusters and opens their sessions until there are so many. */
    List<ClusterSession> sessions(int count, Runnable woken, LongConsumer progress) {
        while (sessions.size() < count) {
            SimulatedCluster cluster = admit();
            ClusterSession session = new ClusterSession(cluster, server.authority(), security(cluster.name()), woken);
            sessions.add(session);
            session.open();
            progress.accept(sessions.size());
        }
        return List.copyOf(sessions.subList(0, count));
    }

    /** What the simulated clusters have, and nothing else. */
    Selector selector() {
        return Selector.newBuilder()
                .addAllClusters(sessions.stream()
                        .map(session -> session.cluster().name())
                        .toList())
                .addAllKinds(SimulatedCluster.KINDS.stream().map(Kind::plural).toList())
                .build();
    }

    private SimulatedCluster admit() {
        int id = taken.previousClearBit(mostClusters);
        String name = PREFIX + "%03d".formatted(sessions.size());
        int shift = mostClusters > MANY_CLUSTERS ? SHIFT - 1 : SHIFT;
        SimulatedCluster cluster =
                new SimulatedCluster(name, id, ((long) id << shift) + FIRST_LOCAL_IDENTITY, scenario);
        AdmitRequest request = AdmitRequest.newBuilder()
                .setCluster(Cluster.newBuilder().setName(name).setId(id).addPodCidrs(cluster.block()))
                .build();
        try {
            var unused = connection.admin(Optional.of(LIMIT)).admit(request);
        } catch (StatusRuntimeException failed) {
            throw ServerFailure.of(failed, server);
        }
        taken.set(id);
        return cluster;
    }

    private GatewaySecurity security(String cluster) {
        ClientTls tls = server.tls();
        if (tls == null) {
            return new GatewaySecurity.InsecureDev("meshlog-bench");
        }
        if (certificates == null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "an encrypted fleet tells clusters by their certificates: --cluster-certs DIR has to hold %s.crt and %s.key"
                            .formatted(cluster, cluster));
        }
        return new GatewaySecurity.MutualTls(
                tls.authority(), certificates.resolve(cluster + ".crt"), certificates.resolve(cluster + ".key"));
    }

    private StatusResponse status() {
        try {
            return connection.mesh(Optional.of(LIMIT)).status(StatusRequest.getDefaultInstance());
        } catch (StatusRuntimeException failed) {
            throw ServerFailure.of(failed, server);
        }
    }

    /** Takes every simulated cluster out and waits until nothing of them is left; tells how many there were. */
    int expelAll(LongConsumer progress) {
        sessions.forEach(ClusterSession::close);
        sessions.clear();
        List<String> names = status().getClustersList().stream()
                .map(ClusterStatus::getName)
                .filter(name -> name.startsWith(PREFIX))
                .toList();
        int expelled = 0;
        try {
            for (String name : names) {
                ExpelRequest request = ExpelRequest.newBuilder()
                        .setCluster(name)
                        .setReason("meshlog bench has ended")
                        .build();
                var unused = connection.admin(Optional.of(LIMIT)).expel(request);
                expelled++;
                progress.accept(expelled);
            }
            Waiting.until("the simulated clusters' resources to be gone", LIMIT.multipliedBy(5), this::noneLeaves);
        } catch (StatusRuntimeException failed) {
            throw ServerFailure.of(failed, server);
        }
        return names.size();
    }

    /** Jobs take what an expelled cluster had out of the fleet, part by part. */
    private boolean noneLeaves() {
        ListRequest request = ListRequest.newBuilder()
                .setSelector(Selector.newBuilder().addKinds("jobs"))
                .setLinearizable(true)
                .build();
        Iterator<ListResponse> pages = connection.mesh(Optional.of(LIMIT)).list(request);
        while (pages.hasNext()) {
            if (pages.next().getResourcesList().stream()
                    .anyMatch(job -> job.getJob().getCluster().startsWith(PREFIX))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        sessions.forEach(ClusterSession::close);
        connection.close();
    }
}
