package io.meshlog.bench.baseline;

import io.meshlog.events.log.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fleet of real processes: brokers, one projector, one mesh-api. For one thread. */
final class BaselineFleet implements AutoCloseable {
    static final String NAME = "baseline";
    private static final int BROKERS_MB = 1_024;
    private static final int PART_MB = 512;

    private final Path meshlogJar;
    private final Path folder;
    private final int nodes;
    private final StandInRegistry registry = new StandInRegistry();
    private final Map<String, Double> readySeconds = new LinkedHashMap<>();
    private final PartProcess brokers;
    private final String bootstrapServers;
    private final int projectorHttp = PartProcess.freePort();
    private final PartProcess projector;
    private int apiHttp;
    private int apiGrpc;
    private PartProcess meshApi;

    BaselineFleet(Path meshlogJar, Path folder, int nodes) throws IOException {
        this.meshlogJar = meshlogJar;
        this.folder = folder;
        this.nodes = nodes;
        Files.createDirectories(folder);
        brokers = new PartProcess(
                "brokers",
                BROKERS_MB,
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokersMain.class.getName(),
                        folder.resolve("kafka").toString(),
                        Integer.toString(nodes)),
                Map.of(),
                folder.resolve("brokers.log"));
        readySeconds.put(
                "brokers",
                brokers.await("answer", () -> !brokers.said(BrokersMain.READY).isEmpty()));
        bootstrapServers = brokers.said(BrokersMain.READY);
        projector = command("projector", """
                fleet: %s
                dataDir: %s
                kafka:
                  bootstrapServers: %s
                  replicationFactor: %d
                registry:
                  url: %s
                streams:
                  standbys: 0
                decider:
                  found: true
                http:
                  bind: 127.0.0.1:%d
                """.formatted(
                        NAME, folder.resolve("projector"), bootstrapServers, nodes, registry.url(), projectorHttp));
        readySeconds.put("projector", projector.await("answer", () -> projector.isOk(projectorHttp, "/readyz")));
        meshApi = startMeshApi("mesh-api");
        readySeconds.put("mesh-api", awaitMeshApi());
    }

    private PartProcess command(String part, String yaml) throws IOException {
        Path config = Files.writeString(folder.resolve(part + ".yaml"), yaml);
        return new PartProcess(
                part,
                PART_MB,
                List.of(
                        "-cp",
                        meshlogJar.toString(),
                        "io.meshlog.cli.Meshlog",
                        part.startsWith("mesh-api") ? "mesh-api" : part,
                        "--config",
                        config.toString()),
                Map.of(),
                folder.resolve(part + ".log"));
    }

    private PartProcess startMeshApi(String store) throws IOException {
        apiHttp = PartProcess.freePort();
        apiGrpc = PartProcess.freePort();
        return command("mesh-api", """
                fleet: %s
                name: mesh-api-0
                dataDir: %s
                kafka:
                  bootstrapServers: %s
                registry:
                  url: %s
                grpc:
                  bind: 127.0.0.1:%d
                http:
                  bind: 127.0.0.1:%d
                insecureDev: true
                """.formatted(
                        NAME, folder.resolve(store), bootstrapServers, registry.url(), apiGrpc, apiHttp));
    }

    private double awaitMeshApi() {
        PartProcess started = meshApi;
        return started.await("answer", () -> started.isOk(apiHttp, "/readyz"));
    }

    void stopMeshApi() {
        meshApi.close();
    }

    /**
     * Starts it again.
     *
     * @param store the folder of its store: a new one makes it read the whole log
     * @return the seconds until it was ready
     */
    double startMeshApiOn(String store) throws IOException {
        meshApi = startMeshApi(store);
        return awaitMeshApi();
    }

    KafkaConnection kafka() {
        return KafkaConnection.of(bootstrapServers);
    }

    String server() {
        return "127.0.0.1:" + apiGrpc;
    }

    int nodes() {
        return nodes;
    }

    Map<String, Double> readySeconds() {
        return readySeconds;
    }

    List<PartProcess> parts() {
        return List.of(brokers, projector, meshApi);
    }

    /** The last event that is decided and committed. */
    long decided() {
        return (long) projector.metric(projectorHttp, "meshlog_projector_event_offset");
    }

    /** Waits until the projector has decided all up to an event. */
    void awaitDecided(long eventOffset) {
        var unused = projector.await("decisions", () -> decided() >= eventOffset);
    }

    /** How many events of the log the replica has not decided yet. */
    double undecided() {
        return meshApi.metric(apiHttp, "meshlog_log_undecided_events");
    }

    @Override
    public void close() {
        meshApi.close();
        projector.close();
        brokers.close();
        registry.close();
    }
}
