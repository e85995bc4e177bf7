package io.meshlog.bench.baseline;

import com.google.protobuf.ByteString;
import io.meshlog.bench.latency.PublishToWatch;
import io.meshlog.bench.latency.PublishToWatch.Result;
import io.meshlog.bench.scale.Load;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.Topics;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.schemas.v1.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures a fleet of real processes on this machine, once over one broker and once over three with replication 3, and
 * writes the figures as JSON and as a Markdown table.
 *
 * <pre>
 * java ... Baseline meshlogJar=FILE [out=FOLDER] [brokers=1,3] [seconds=20] [watches=1,100,1000] [resources=1000000]
 * </pre>
 *
 * <p>{@code resources}: how many a replica is bootstrapped from, several sizes one after the other, each with what was there
 * before.
 */
public final class Baseline {
    private static final int CLUSTER_ID = 200;
    /** First as many as are taken: it also warms what is measured after it. */
    private static final int[] RATES = {0, 100, 1_000, 10_000};

    private static final int FAN_OUT_RATE = 100;
    private static final int MISSED_RATE = 2_000;
    private static final int MISSED_SECONDS = 5;
    private static final int LOAD_CLUSTERS = 8;
    private static final double MILLION = 1e6;
    private static final Selector PUBLISHED = Selector.newBuilder()
            .addClusters(PublishToWatch.CLUSTER)
            .addKinds("opaque")
            .build();
    private static final Selector SERVICES =
            Selector.newBuilder().addKinds("services").build();

    private final Map<String, String> arguments;
    private final Figures figures = new Figures();
    private final int seconds;

    private Baseline(Map<String, String> arguments) {
        this.arguments = arguments;
        this.seconds = Integer.parseInt(arguments.getOrDefault("seconds", "20"));
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> arguments = new HashMap<>();
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            arguments.put(pair[0], pair.length > 1 ? pair[1] : "");
        }
        if (!arguments.containsKey("meshlogJar")) {
            System.err.println("usage: Baseline meshlogJar=FILE [out=FOLDER] [brokers=1,3] [seconds=20]"
                    + " [watches=1,100,1000] [resources=1000000]");
            System.exit(2);
        }
        new Baseline(arguments).run();
        System.exit(0);
    }

    private int[] numbers(String name, String usual) {
        return Arrays.stream(arguments.getOrDefault(name, usual).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("baseline");
        Path out = Path.of(arguments.getOrDefault("out", "benchmarks/target/baseline"));
        System.out.println("logs and data under " + folder);
        for (int nodes : numbers("brokers", "1,3")) {
            figures.column(nodes == 1 ? "one broker" : nodes + " brokers, replication " + nodes);
            Path jar = Path.of(arguments.get("meshlogJar")).toAbsolutePath();
            try (BaselineFleet fleet = new BaselineFleet(jar, folder.resolve("of-" + nodes), nodes)) {
                measure(fleet);
            }
            // in a log that holds nothing else
            try (BaselineFleet fleet = new BaselineFleet(jar, folder.resolve("large-of-" + nodes), nodes)) {
                bootstrap(fleet);
            }
            figures.write(out);
        }
        System.out.println("written to " + out);
    }

    private void measure(BaselineFleet fleet) throws Exception {
        fleet.readySeconds()
                .forEach((part, ready) ->
                        figures.add(part + ", ready after", words("%.1f s", ready), Map.of("seconds", ready)));
        Result warm = PublishToWatch.run(fleet.server(), 0, seconds, 1, CLUSTER_ID);
        System.out.println("warm: " + warm.inWords());
        for (int rate : RATES) {
            latency(fleet, rate);
        }
        for (int watches : numbers("watches", "1,100,1000")) {
            fanOut(fleet, watches);
            catchUp(fleet, watches);
        }
        for (PartProcess part : fleet.parts()) {
            figures.add(
                    part.name() + ", resident after all that",
                    words("%d MiB", part.residentMib()),
                    Map.of("mib", part.residentMib()));
        }
    }

    private void latency(BaselineFleet fleet, int rate) throws InterruptedException {
        Costs costs = new Costs(fleet.parts());
        Result result = PublishToWatch.run(fleet.server(), rate, seconds, 1, CLUSTER_ID);
        String asked = rate == 0 ? "as many as are taken" : words("%,d events/s", rate);
        figures.add(
                asked + ": p50, p99",
                words(
                        "%.1f, %.1f ms%s",
                        result.p50Ms(),
                        result.p99Ms(),
                        rate == 0 || result.publishedPerSecond() < rate * 0.9
                                ? words(" at %,.0f/s", result.publishedPerSecond())
                                : ""),
                Map.of("p50Ms", result.p50Ms(), "p99Ms", result.p99Ms(), "perSecond", result.publishedPerSecond()));
        figures.add(asked + ": CPU of an event", costs.words(result.changes()), costs.micros(result.changes()));
    }

    private void fanOut(BaselineFleet fleet, int watches) throws InterruptedException {
        Costs costs = new Costs(fleet.parts());
        Result result = PublishToWatch.run(fleet.server(), FAN_OUT_RATE, seconds, watches, CLUSTER_ID);
        figures.add(
                words("%,d watches, %d events/s: p50, p99", watches, FAN_OUT_RATE),
                words("%.1f, %.1f ms, %,.0f deliveries/s", result.p50Ms(), result.p99Ms(), result.deliveredPerSecond()),
                Map.of(
                        "p50Ms", result.p50Ms(),
                        "p99Ms", result.p99Ms(),
                        "deliveriesPerSecond", result.deliveredPerSecond(),
                        "meshApiCpuMicros",
                                costs.micros((long) result.changes() * watches).getOrDefault("mesh-api", 0.0)));
    }

    private void catchUp(BaselineFleet fleet, int watches) throws InterruptedException {
        CountingReaders snapshot = CountingReaders.read(fleet.server(), PUBLISHED, ByteString.EMPTY, watches);
        told(words("%,d watches: snapshot", watches), snapshot);
        Result missed = PublishToWatch.run(fleet.server(), MISSED_RATE, MISSED_SECONDS, 1, CLUSTER_ID);
        CountingReaders resumed = CountingReaders.read(fleet.server(), PUBLISHED, snapshot.token(), watches);
        told(words("%,d watches: resume after %,d changes", watches, missed.changes()), resumed);
    }

    private void told(String row, CountingReaders readers) {
        figures.add(
                row,
                words(
                        "%.2f s for %,d changes, %,.0f/s, %,.1f MiB",
                        readers.seconds(),
                        readers.changes(),
                        readers.changes() / readers.seconds(),
                        readers.bytes() / 1048576.0),
                Map.of("seconds", readers.seconds(), "changes", readers.changes(), "bytes", readers.bytes()));
    }

    private void bootstrap(BaselineFleet fleet) throws IOException, InterruptedException {
        fleet.stopMeshApi();
        int held = 0;
        try (KafkaEventLogWriter writer = new KafkaEventLogWriter(
                fleet.kafka(), new Topics(BaselineFleet.NAME), ReleaseIds.NONE, Duration.ofMinutes(2))) {
            Load load = new Load(writer, LOAD_CLUSTERS);
            load.begin();
            for (int resources : numbers("resources", "1000000")) {
                long from = fleet.decided();
                long beganNanos = System.nanoTime();
                Costs costs = new Costs(fleet.parts());
                load.say(resources, 0);
                fleet.awaitDecided(load.lastOffset());
                double took = (System.nanoTime() - beganNanos) / 1e9;
                long events = load.lastOffset() - from;
                String row = words("%,d resources", resources);
                figures.add(
                        row + " decided",
                        words("%.0f s, %,.0f/s; %s", took, events / took, costs.words(events)),
                        Map.of("seconds", took, "events", events));
                held = resources;
                double ready = fleet.startMeshApiOn("mesh-api-" + held);
                figures.add(row + ", a new replica is ready after", words("%.1f s", ready), Map.of("seconds", ready));
                CountingReaders all = CountingReaders.read(fleet.server(), SERVICES, ByteString.EMPTY, 1);
                told(row + ", a first snapshot of all", all);
                told(row + ", a second one", CountingReaders.read(fleet.server(), SERVICES, ByteString.EMPTY, 1));
                long resident = fleet.parts().getLast().residentMib();
                figures.add(row + ", mesh-api's resident memory", words("%d MiB", resident), Map.of("mib", resident));
                fleet.stopMeshApi();
                double again = fleet.startMeshApiOn("mesh-api-" + held);
                figures.add(row + ", ready again after", words("%.1f s", again), Map.of("seconds", again));
                fleet.stopMeshApi();
            }
        }
    }

    private static String words(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** CPU time from when it was made. */
    private static final class Costs {
        private final List<PartProcess> parts;
        private final Map<String, Double> before = new LinkedHashMap<>();

        Costs(List<PartProcess> parts) {
            this.parts = parts;
            parts.forEach(part -> before.put(part.name(), part.cpuSeconds()));
        }

        Map<String, Double> micros(long events) {
            Map<String, Double> micros = new LinkedHashMap<>();
            parts.forEach(part -> micros.put(
                    part.name(), (part.cpuSeconds() - before.getOrDefault(part.name(), 0.0)) * MILLION / events));
            return micros;
        }

        String words(long events) {
            return micros(events).entrySet().stream()
                    .map(part -> Baseline.words("%s %.0f us", part.getKey(), part.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }
}
