package io.meshlog.cli.up;

import io.meshlog.cli.CliException;
import io.meshlog.cli.Endpoints;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.ServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meshlog up}: a whole fleet on this machine. */
@Command(
        name = "up",
        header = "Start a whole fleet on this machine, with an example of three clusters",
        description = {
            "Starts a Kafka broker, a schema registry, a projector, a mesh-api and the example clusters' publishers, each"
                    + " as a process of its own, on loopback. Everything is kept in one folder; the next `up` on it goes on"
                    + " from there. A part that ends is started again. Ctrl-C stops everything in good order."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog up",
            "  meshlog up --no-examples                  an empty fleet",
            "  meshlog up --examples ./my-clusters       folders with a cluster.yaml each",
            "  meshlog up --data /tmp/second --port-base 7500",
            "",
            "Exit codes: 0 stopped, 1 error."
        })
public final class UpCommand implements Callable<Integer> {
    /** Parts of an earlier `up` notice within seconds that it is gone, and then close their files. */
    private static final Duration PATIENCE_WITH_LEFT_BEHIND = Duration.ofSeconds(20);

    /** After so long the person is told what is missing. */
    private static final Duration LONG_START = Duration.ofSeconds(30);

    private static final Duration LONG_TIME = Duration.ofDays(1);

    private final Terminal terminal;

    @Option(names = "--data", paramLabel = "DIR", description = "The folder for everything. Default: .meshlog")
    Path data = Path.of(ServerOptions.DEFAULT_DATA);

    @Option(
            names = "--port-base",
            paramLabel = "N",
            description = "The first of eight ports in a row. Default: " + Ports.DEFAULT_BASE)
    int portBase = Ports.DEFAULT_BASE;

    @Option(
            names = "--examples",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = "",
            description = "The clusters to publish. Default: examples/three-clusters")
    @Nullable
    String examples;

    @Option(names = "--no-examples", description = "Publish no clusters.")
    boolean noExamples;

    @Option(
            names = "--etcd-cluster",
            paramLabel = "NAME",
            description = "Whose cilium/state the etcd face shows. Default: that of the cluster a client speaks for")
    @Nullable
    String etcdCluster;

    public UpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (noExamples && examples != null) {
            throw new CliException(ExitCode.USAGE, "--examples and --no-examples exclude each other");
        }
        terminal.stopSignal().heed();
        try (DataFolder folder = DataFolder.take(terminal.resolve(data))) {
            return run(folder);
        } catch (UpException told) {
            throw new CliException(ExitCode.ERROR, String.valueOf(told.getMessage()));
        }
    }

    private int run(DataFolder folder) {
        long startNs = System.nanoTime();
        Installation installation = Installation.find();
        Path published = published(installation);
        Ports ports = new Ports(portBase);
        Processes processes = new Processes(folder.resolve(Processes.FILE));
        awaitLeftBehind(processes);
        ports.requireFree();
        Recipes recipes = new Recipes(installation, folder, ports);
        terminal.say("Starting fleet %s in %s".formatted(Recipes.FLEET, folder.resolve("")));
        try (LocalFleet fleet = new LocalFleet(parts(recipes, published), new Progress(terminal, processes))) {
            fleet.start();
            if (awaitReady(fleet, folder)) {
                folder.writeEndpoints(endpoints(ports));
                welcome(folder, ports, published, System.nanoTime() - startNs);
                awaitStop();
            }
            folder.removeEndpoints();
            terminal.say("Stopping");
        }
        processes.clear();
        return ExitCode.OK;
    }

    /** Answers whether all parts answer, as against the end being asked for before. */
    private boolean awaitReady(LocalFleet fleet, DataFolder folder) {
        List<String> missing = fleet.awaitReady(terminal.stopSignal(), LONG_START);
        while (!missing.isEmpty() && !terminal.stopSignal().stopped()) {
            terminal.say("Still waiting for %s; see %s".formatted(String.join(", ", missing), folder.resolve("logs")));
            missing = fleet.awaitReady(terminal.stopSignal(), LONG_START);
        }
        return missing.isEmpty();
    }

    private void awaitLeftBehind(Processes processes) {
        List<ProcessHandle> left = processes.leftBehind();
        if (!left.isEmpty()) {
            terminal.say("Waiting for %d processes of an earlier `up` that was killed".formatted(left.size()));
            Processes.awaitEnd(left, PATIENCE_WITH_LEFT_BEHIND);
        }
    }

    private @Nullable Path published(Installation installation) {
        if (noExamples) {
            return null;
        }
        Path folder = examples == null || examples.isEmpty()
                ? installation.exampleFleet()
                : terminal.resolve(Path.of(examples));
        if (!folder.toFile().isDirectory()) {
            throw new UpException("--examples: there is no folder %s".formatted(folder));
        }
        return folder;
    }

    private List<PartSpec> parts(Recipes recipes, @Nullable Path published) {
        List<PartSpec> inOrderOfStop = new ArrayList<>();
        if (published != null) {
            inOrderOfStop.add(recipes.publishers(published));
        }
        inOrderOfStop.addAll(
                List.of(recipes.meshApi(etcdCluster), recipes.projector(), recipes.registry(), recipes.broker()));
        return inOrderOfStop;
    }

    private static Endpoints endpoints(Ports ports) {
        return Endpoints.here(
                Recipes.FLEET,
                "127.0.0.1:" + ports.grpc(),
                "http://127.0.0.1:" + ports.http(),
                "127.0.0.1:" + ports.kafka(),
                "http://127.0.0.1:%d/apis/ccompat/v7".formatted(ports.registry()),
                "127.0.0.1:" + ports.etcd());
    }

    private void welcome(DataFolder folder, Ports ports, @Nullable Path published, long tookNs) {
        terminal.say("");
        terminal.say("Ready after %.1f s. Ctrl-C stops it.".formatted(tookNs / 1e9));
        terminal.say("  native API       127.0.0.1:" + ports.grpc());
        terminal.say("  etcd v3          127.0.0.1:" + ports.etcd());
        terminal.say("  Kafka            127.0.0.1:%d, topics %s.*".formatted(ports.kafka(), Recipes.FLEET));
        terminal.say("  schema registry  http://127.0.0.1:%d/apis/ccompat/v7".formatted(ports.registry()));
        terminal.say("  metrics          http://127.0.0.1:%d/metrics (mesh-api), :%d (projector)"
                .formatted(ports.http(), ports.projectorHttp()));
        terminal.say("  logs             " + folder.resolve("logs"));
        if (published != null) {
            terminal.say("  clusters         %s: edit a manifest there, and see it in a watch".formatted(published));
        }
        String options = data.equals(Path.of(ServerOptions.DEFAULT_DATA)) ? "" : " --data " + data;
        terminal.say("Type next, in another terminal:");
        terminal.say("  ./meshlog status" + options);
        terminal.say("  ./meshlog get services" + options);
        terminal.say("  ./meshlog watch services" + options);
    }

    private void awaitStop() {
        boolean stopped = false;
        while (!stopped) {
            stopped = terminal.stopSignal().await(LONG_TIME);
        }
    }
}
