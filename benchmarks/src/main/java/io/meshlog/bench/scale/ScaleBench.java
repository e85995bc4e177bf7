package io.meshlog.bench.scale;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.log.Topics;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.meshapi.feed.ChangelogFeed;
import io.meshlog.meshapi.feed.FeedLimits;
import io.meshlog.meshapi.feed.KafkaChangelogSource;
import io.meshlog.meshapi.grpc.ProtoChangeEncoder;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.RocksReplicaStore;
import io.meshlog.meshapi.watch.HubLimits;
import io.meshlog.meshapi.watch.RingWatchHub;
import io.meshlog.meshapi.watch.Selector;
import io.meshlog.meshapi.watch.WatchSpec;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * Fills a log with services, lets a projector decide them all, lets a replica read them all, and reads them all with one
 * watch; tells how long each took. All in one process, brokers included, each step alone.
 *
 * <pre>
 * java ... ScaleBench [nodes=1] [clusters=4] [services=200000] [rounds=2]
 * </pre>
 *
 * <p>{@code rounds}: how often each service is said, so {@code services * rounds} events.
 */
public final class ScaleBench {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(20).toNanos();
    private static final String FLEET = "scale";

    private final Map<String, Integer> arguments;

    private ScaleBench(Map<String, Integer> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] args) throws Exception {
        Map<String, Integer> arguments =
                new HashMap<>(Map.of("nodes", 1, "clusters", 4, "services", 200_000, "rounds", 2));
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            if (pair.length < 2 || arguments.put(pair[0], Integer.parseInt(pair[1])) == null) {
                System.err.println("usage: ScaleBench [nodes=1] [clusters=4] [services=200000] [rounds=2]");
                System.exit(2);
            }
        }
        new ScaleBench(arguments).run();
        System.exit(0);
    }

    private int argument(String name) {
        return arguments.getOrDefault(name, 0);
    }

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("scale");
        Topics topics = new Topics(FLEET);
        try (EmbeddedKafka brokers = EmbeddedKafka.start(folder.resolve("kafka"), argument("nodes"), Map.of())) {
            KafkaConnection kafka = KafkaConnection.of(brokers.bootstrapServers());
            try (Admin admin = kafka.admin()) {
                new TopicSetup(admin, topics, TIMEOUT).ensure((short) argument("nodes"));
            }
            project(kafka, topics, folder);
            replicate(kafka, topics, folder.resolve("replica"));
        }
    }

    private void project(KafkaConnection kafka, Topics topics, Path folder) throws Exception {
        ProjectorConfig config = ProjectorConfig.read(
                "",
                Map.of(
                        "MESHLOG_PROJECTOR_FLEET",
                        FLEET,
                        "MESHLOG_PROJECTOR_DATA_DIR",
                        folder.resolve("projector").toString(),
                        "MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS",
                        kafka.bootstrapServers(),
                        "MESHLOG_PROJECTOR_KAFKA_REPLICATION_FACTOR",
                        Integer.toString(argument("nodes")),
                        "MESHLOG_PROJECTOR_HTTP_BIND",
                        "",
                        "MESHLOG_PROJECTOR_DECIDER_FOUND",
                        "true"));
        try (KafkaEventLogWriter writer =
                new KafkaEventLogWriter(kafka, topics, ReleaseIds.NONE, Duration.ofMinutes(2))) {
            Load load = new Load(writer, argument("clusters"));
            try (Projector projector = new Projector(config)) {
                projector.start();
                await("the founding", () -> projector.status().revision() > 0);
                load.begin();
                await("the sessions", () -> projector.status().revision() > argument("clusters"));
            }
            long events = (long) argument("services") * argument("rounds");
            Clock said = new Clock();
            for (int round = 0; round < argument("rounds"); round++) {
                load.say(argument("services"), round);
            }
            said.tell("events appended", events);
            try (Projector projector = new Projector(config)) {
                projector.start();
                await("the fold", () -> projector.status().active());
                long before = projector.status().lastEventOffset();
                Clock decided = new Clock();
                await("the decisions", () -> projector.status().lastEventOffset() >= before + events);
                decided.tell("events decided", events);
            }
        }
    }

    private void replicate(KafkaConnection kafka, Topics topics, Path folder) throws Exception {
        Clock empty = new Clock();
        try (RocksReplicaStore store = RocksReplicaStore.openOrDiscard(folder);
                ChangelogFeed feed = feed(store, kafka, topics)) {
            feed.start();
            await("the replica", () -> feed.state().synced());
            empty.tell("resources bootstrapped into a replica", argument("services"));
        }
        Clock again = new Clock();
        try (RocksReplicaStore store = RocksReplicaStore.openOrDiscard(folder)) {
            again.tell("resources opened again", argument("services"));
            watch(store);
        }
    }

    private static ChangelogFeed feed(ReplicaStore store, KafkaConnection kafka, Topics topics) {
        return new ChangelogFeed(
                store,
                () -> new KafkaChangelogSource(kafka, topics),
                List.of(),
                InstantSource.system(),
                FeedLimits.DEFAULT,
                (where, fault) -> {
                    throw new IllegalStateException(where, fault);
                });
    }

    private void watch(ReplicaStore store) throws InterruptedException {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        ExecutorService catchUp = Executors.newSingleThreadExecutor();
        RingWatchHub hub = new RingWatchHub(
                store,
                new ProtoChangeEncoder(),
                HubLimits.DEFAULT,
                List.of(loop),
                catchUp,
                InstantSource.system(),
                fault -> {
                    throw fault;
                });
        hub.synced(store.position().revision(), false);
        for (int round = 0; round < 3; round++) {
            CountingSink sink = new CountingSink();
            Clock snapshot = new Clock();
            var unused = hub.open(new WatchSpec(Selector.ALL, new WatchSpec.Start.FromSnapshot()), sink);
            if (!sink.synced.await(5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the snapshot took more than 5 minutes");
            }
            snapshot.tell("resources in a snapshot of %d MiB".formatted(sink.bytes.get() >> 20), sink.changes.get());
        }
        hub.stop();
        loop.shutdownNow();
        catchUp.shutdownNow();
    }

    private static void await(String what, BooleanSupplier condition) {
        long startedNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startedNanos > PATIENCE_NANOS) {
                throw new IllegalStateException("waited too long for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Wall time, and this process's CPU time. */
    private static final class Clock {
        private static final com.sun.management.OperatingSystemMXBean SYSTEM =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        private static final double NANOS = 1e9;

        private final long beganNanos = System.nanoTime();
        private final long cpuNanos = SYSTEM.getProcessCpuTime();

        void tell(String what, long count) {
            double seconds = (System.nanoTime() - beganNanos) / NANOS;
            System.out.printf(
                    "%,d %s in %.2f s: %,.0f/s, %.1f s of CPU%n",
                    count, what, seconds, count / seconds, (SYSTEM.getProcessCpuTime() - cpuNanos) / NANOS);
        }
    }
}
