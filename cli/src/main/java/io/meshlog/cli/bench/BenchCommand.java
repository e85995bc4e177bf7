package io.meshlog.cli.bench;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.DurationConverter;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.ProgressBar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code meshlog bench}. */
@Command(
        name = "bench",
        header = "Measure a fleet with clusters that do not exist",
        description = {
            "Admits simulated clusters, publishes for them as publishers do, watches what comes of it, and expels them",
            "again. A change's time runs from when it was due to be said until a watch has it; the first fifth of a run",
            "is not counted. CPU and memory are shown of what `meshlog up` runs on this machine, and of this process."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog bench                                          1,000 changes/s for 20 s to one watch",
            "  meshlog bench --series clusters --clusters 128         by clusters, doubling up to 128",
            "  meshlog bench --series watches --watches 1000          by watches",
            "  meshlog bench --series snapshot --watches 100          all watches begin with everything",
            "  meshlog bench --series resume --missed 100000          by changes missed",
            "  meshlog bench --series storm --watches 1000            all watches connect again at once",
            "  meshlog bench --series churn,watches --save plots",
            "",
            "Start a fleet of nothing else for it:  meshlog up --no-examples --data DIR, then bench --data DIR",
            "Exit codes: 0 ok, 1 error, 2 usage, 4 timeout, 5 denied."
        })
public final class BenchCommand implements Callable<Integer> {
    /** The values of {@code -o}. */
    enum Format {
        TEXT,
        JSON,
        MARKDOWN
    }

    private final Terminal terminal;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = "--series",
            paramLabel = "SERIES",
            split = ",",
            description = "What grows, twofold from point to point: churn, clusters, watches, snapshot, resume, storm."
                    + " Default: once, nothing grows.")
    List<Series> series = new ArrayList<>();

    @Option(names = "--clusters", paramLabel = "N", description = "Clusters. Default: ${DEFAULT-VALUE}")
    int clusters = 4;

    @Option(names = "--nodes", paramLabel = "N", description = "Nodes of each. Default: ${DEFAULT-VALUE}")
    int nodes = 20;

    @Option(names = "--identities", paramLabel = "N", description = "Identities of each. Default: ${DEFAULT-VALUE}")
    int identities = 100;

    @Option(names = "--endpoints", paramLabel = "N", description = "Endpoints of each. Default: ${DEFAULT-VALUE}")
    int endpoints = 1_000;

    @Option(names = "--services", paramLabel = "N", description = "Services of each. Default: ${DEFAULT-VALUE}")
    int services = 100;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Changes a second, of all clusters together. Default: ${DEFAULT-VALUE}")
    int rate = 1_000;

    @Option(
            names = "--churn",
            paramLabel = "KIND=N,...",
            description = "How many of so many changes are of each kind. Default: ${DEFAULT-VALUE}")
    String churn = "endpoints=85,services=10,identities=4,nodes=1";

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long each point publishes. Default: 20s")
    Duration duration = Duration.ofSeconds(20);

    @Option(names = "--watches", paramLabel = "N", description = "Watches of all of it. Default: ${DEFAULT-VALUE}")
    int watches = 1;

    @Option(
            names = "--missed",
            paramLabel = "N",
            description = "Changes a watch misses, in resume and storm. Default: ${DEFAULT-VALUE}")
    int missed = 10_000;

    @Option(names = "--points", paramLabel = "N", description = "Points of a series. Default: ${DEFAULT-VALUE}")
    int points = 5;

    @Option(names = "--seed", paramLabel = "N", description = "What chance begins with. Default: ${DEFAULT-VALUE}")
    long seed = 1;

    @Option(
            names = "--cluster-certs",
            paramLabel = "DIR",
            description = "With TLS: NAME.crt and NAME.key of each simulated cluster, meshlog-bench-000 and so on.")
    @Nullable
    Path clusterCertificates;

    @Option(
            names = "--save",
            paramLabel = "DIR",
            description = "Keep each series in this folder: its figures as JSON, its curves as SVG.")
    @Nullable
    Path save;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (the default), json or markdown.")
    Format format = Format.TEXT;

    @Option(names = "--yes", description = "Also where the fleet has clusters of its own.")
    boolean besideOthers;

    public BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (server.timeout().isPresent()) {
            throw new CliException(
                    ExitCode.USAGE, "--timeout is for single answers; --duration says how long to measure");
        }
        Scenario scenario = new Scenario(
                clusters,
                new Scenario.Shape(nodes, identities, endpoints, services),
                new Scenario.Churn(rate, Scenario.Churn.weights(churn), duration),
                watches,
                missed,
                points,
                seed);
        ServerAddress address = server.address(terminal);
        Path certificates = clusterCertificates == null ? null : terminal.resolve(clusterCertificates);
        terminal.stopSignal().heed();
        try (BenchFleet fleet = new BenchFleet(address, certificates, scenario)) {
            int left = fleet.prepare(besideOthers);
            if (left > 0) {
                terminal.say("Expelled %d simulated clusters that an earlier run left.".formatted(left));
            }
            try {
                measure(address, fleet, scenario);
            } finally {
                leave(fleet);
            }
        }
        return ExitCode.OK;
    }

    private void measure(ServerAddress address, BenchFleet fleet, Scenario scenario) {
        LocalParts parts = new LocalParts(terminal.resolve(server.dataFolder()));
        Measurements measurements = new Measurements(terminal, address, fleet, parts, scenario);
        JsonArray results = new JsonArray();
        for (Series one : new LinkedHashSet<>(series.isEmpty() ? List.of(Series.ONCE) : series)) {
            BenchReport report = new BenchReport(one, scenario, measurements.of(one), Machine.words());
            List<Path> drawn = save(report);
            switch (format) {
                case TEXT -> report.print(terminal);
                case MARKDOWN -> report.printMarkdown(terminal, command(one), drawn);
                case JSON -> results.add(report.json());
            }
        }
        if (format == Format.JSON) {
            JsonObject tree = new JsonObject();
            tree.add("results", results);
            terminal.line(Json.pretty(tree));
            terminal.flush();
        }
    }

    private List<Path> save(BenchReport report) {
        if (save == null) {
            return List.of();
        }
        try {
            return report.save(terminal.resolve(save));
        } catch (IOException failed) {
            throw new CliException(ExitCode.ERROR, "cannot write into %s: %s".formatted(save, failed.getMessage()));
        }
    }

    /** What was typed, but for where the fleet is and where the results go. */
    private String command(Series one) {
        List<String> words = new ArrayList<>(List.of("meshlog", "bench", "--series", one.toString()));
        Set<String> elsewhere = Set.of("--series", "--data", "--server", "--save", "-o", "--output");
        Iterator<String> typed = requireNonNull(spec)
                .commandLine()
                .getParseResult()
                .originalArgs()
                .iterator();
        while (typed.hasNext()) {
            String word = typed.next();
            if (elsewhere.contains(word)) {
                typed.next();
            } else if (!word.equals("bench")) {
                words.add(word);
            }
        }
        return String.join(" ", words);
    }

    private void leave(BenchFleet fleet) {
        try (ProgressBar bar = ProgressBar.of(terminal, "expelling", clusters)) {
            int unused = fleet.expelAll(bar::reached);
        } catch (CliException failed) {
            terminal.say("Simulated clusters are still in the fleet: %s".formatted(failed.getMessage()));
            terminal.say("The next `meshlog bench` expels them, or:  meshlog admin expel NAME");
        }
    }
}
