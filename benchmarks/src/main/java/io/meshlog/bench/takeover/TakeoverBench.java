package io.meshlog.bench.takeover;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.log.Topics;
import io.meshlog.events.wire.ReleaseIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kills or pauses the active projector, round after round, while events flow, and tells how long a reader of the changelog
 * stood still each time.
 *
 * <pre>
 * java ... TakeoverBench [nodes=1] [rounds=20] [rate=500] [way=kill|stop] [pinned=true] [sessionMs=2000] [txnMs=60000]
 * </pre>
 */
public final class TakeoverBench {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(3).toNanos();
    private static final long STEADY_MS = 500;
    private static final long CALM_NANOS = Duration.ofSeconds(2).toNanos();
    private static final String FLEET = "takeover";
    /** As brokers with replicas are run; a disk shared with other work would be measured otherwise. */
    private static final Map<String, String> UNFLUSHED =
            Map.of("log.flush.interval.messages", Long.toString(Long.MAX_VALUE));

    private final Map<String, String> arguments;
    private final List<Long> pausesMs = new ArrayList<>();

    private TakeoverBench(Map<String, String> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> arguments = new HashMap<>();
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            arguments.put(pair[0], pair[1]);
        }
        new TakeoverBench(arguments).run();
        System.exit(0);
    }

    private int number(String name, int usual) {
        return Integer.parseInt(arguments.getOrDefault(name, Integer.toString(usual)));
    }

    private boolean pinned() {
        return Boolean.parseBoolean(arguments.getOrDefault("pinned", "true"));
    }

    private String way() {
        return arguments.getOrDefault("way", "kill");
    }

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("takeover");
        int nodes = number("nodes", 1);
        Topics topics = new Topics(FLEET);
        try (EmbeddedKafka brokers = EmbeddedKafka.start(folder.resolve("kafka"), nodes, UNFLUSHED)) {
            KafkaConnection kafka = KafkaConnection.of(brokers.bootstrapServers());
            try (Admin admin = kafka.admin()) {
                new TopicSetup(admin, topics, TIMEOUT).ensure((short) nodes);
            }
            Map<String, String> settings = settings(kafka, nodes);
            try (ProjectorProcess one = new ProjectorProcess(folder.resolve("one"), settings, pinned());
                    ProjectorProcess two = new ProjectorProcess(folder.resolve("two"), settings, pinned());
                    Flow flow = new Flow(
                            new KafkaEventLogWriter(kafka, topics, ReleaseIds.NONE, Duration.ofMinutes(2)),
                            new ChangelogReader(kafka, topics))) {
                await("the founding", flow::founded);
                flow.begin(number("rate", 500));
                for (int round = 1; round <= number("rounds", 20); round++) {
                    awaitCalm(flow, one, two);
                    takeOver(round, flow, one.active() ? one : two);
                }
                awaitCalm(flow, one, two);
                report(flow);
            }
        }
    }

    private Map<String, String> settings(KafkaConnection kafka, int nodes) {
        return Map.of(
                "MESHLOG_PROJECTOR_FLEET", FLEET,
                "MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "MESHLOG_PROJECTOR_KAFKA_REPLICATION_FACTOR", Integer.toString(nodes),
                "MESHLOG_PROJECTOR_STREAMS_SESSION_TIMEOUT_MS", Integer.toString(number("sessionMs", 2_000)),
                "MESHLOG_PROJECTOR_STREAMS_TRANSACTION_TIMEOUT_MS", Integer.toString(number("txnMs", 60_000)),
                "MESHLOG_PROJECTOR_DECIDER_FOUND", "true");
    }

    /** Both are up, one of them folds, and nothing has stood still for a while. */
    private void awaitCalm(Flow flow, ProjectorProcess one, ProjectorProcess two) throws Exception {
        await("two projectors", () -> one.ready() && two.ready() && one.active() != two.active());
        long sinceNanos = System.nanoTime();
        flow.forgetPauses();
        while (System.nanoTime() - sinceNanos < CALM_NANOS) {
            LockSupport.parkNanos(20_000_000);
            if (flow.longestPauseMs() > STEADY_MS) {
                sinceNanos = System.nanoTime();
                flow.forgetPauses();
            }
        }
    }

    private void takeOver(int round, Flow flow, ProjectorProcess active) throws Exception {
        flow.forgetPauses();
        boolean kill = way().equals("kill");
        if (kill) {
            active.kill();
        } else {
            active.signal("STOP");
        }
        long said = flow.said();
        await("what was said before and since", () -> flow.decided() >= said + number("rate", 500));
        long pause = flow.longestPauseMs();
        pausesMs.add(pause);
        System.out.println("round %d: stood still for %d ms; %s".formatted(round, pause, flow.verdict()));
        if (kill) {
            active.restart();
        } else {
            active.signal("CONT");
        }
    }

    private void report(Flow flow) {
        List<Long> sorted = new ArrayList<>(pausesMs);
        Collections.sort(sorted);
        System.out.println("RESULT nodes=%d way=%s pinned=%s session=%d ms txn=%d ms: min %d, median %d, max %d ms; %s"
                .formatted(
                        number("nodes", 1),
                        way(),
                        pinned(),
                        number("sessionMs", 2_000),
                        number("txnMs", 60_000),
                        sorted.getFirst(),
                        sorted.get(sorted.size() / 2),
                        sorted.getLast(),
                        flow.verdict()));
    }

    private static void await(String what, BooleanSupplier condition) throws TimeoutException {
        long startedNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startedNanos > PATIENCE_NANOS) {
                throw new TimeoutException("waited too long for " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
