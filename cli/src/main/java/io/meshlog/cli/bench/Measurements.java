package io.meshlog.cli.bench;

import com.google.protobuf.ByteString;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.bench.LocalParts.Usage;
import io.meshlog.cli.bench.Point.Figure;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.print.ProgressBar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs a scenario, point by point. For one thread: the one that publishes. */
final class Measurements {
    private static final String REPLICA = "mesh-api";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long LOOK_MS = 100;
    private static final double NANOS = 1e9;
    private static final double MICROS = 1e6;
    private static final double MIB = 1 << 20;

    private final Terminal terminal;
    private final ServerAddress server;
    private final BenchFleet fleet;
    private final LocalParts parts;
    private final Scenario scenario;
    private final RandomGenerator chance;
    private final Semaphore ready = new Semaphore(0);
    private final List<ClusterSession> declared = new ArrayList<>();
    private long nextNumber;

    Measurements(Terminal terminal, ServerAddress server, BenchFleet fleet, LocalParts parts, Scenario scenario) {
        this.terminal = terminal;
        this.server = server;
        this.fleet = fleet;
        this.parts = parts;
        this.scenario = scenario;
        this.chance = new Random(scenario.seed());
    }

    /** The points of the series, from the least work to the most. */
    List<Point> of(Series series) {
        List<Point> points = new ArrayList<>();
        for (int amount : amounts(series)) {
            points.add(
                    switch (series) {
                        case ONCE, CHURN -> propagation(amount, scenario.clusters(), amount, scenario.watches());
                        case CLUSTERS ->
                            propagation(
                                    amount,
                                    amount,
                                    Math.max(1, (int) ((long) scenario.churn().rate() * amount / scenario.clusters())),
                                    scenario.watches());
                        case WATCHES ->
                            propagation(
                                    amount,
                                    scenario.clusters(),
                                    scenario.churn().rate(),
                                    amount);
                        case SNAPSHOT -> snapshot(amount);
                        case RESUME -> resume(amount, amount, scenario.watches());
                        case STORM -> resume(amount, scenario.missed(), amount);
                    });
        }
        return points;
    }

    private List<Integer> amounts(Series series) {
        return switch (series) {
            case ONCE -> List.of(scenario.churn().rate());
            case CHURN -> scenario.doublings(scenario.churn().rate());
            case CLUSTERS -> scenario.doublings(scenario.clusters());
            case WATCHES, SNAPSHOT, STORM -> scenario.doublings(scenario.watches());
            case RESUME -> scenario.doublings(scenario.missed());
        };
    }

    private Point propagation(int amount, int clusters, int rate, int count) {
        List<ClusterSession> sessions = sessions(clusters);
        Scenario.Churn churn = scenario.withRate(rate).churn();
        DueTimes run = new DueTimes(nextNumber, churn.changes());
        try (Watches watches = watches(count)) {
            Map<String, Usage> before = parts.usage();
            watches.count(run);
            long beganNanos = System.nanoTime();
            publish(sessions, run, rate);
            long revision = settle(sessions);
            double publishedSeconds = (System.nanoTime() - beganNanos) / NANOS;
            Waiting.until("all changes to come to all watches", PATIENCE, () -> watches.reached(revision));
            double seconds = Math.max(1, watches.lastChangeNanos() - beganNanos) / NANOS;
            Map<String, Usage> used = parts.usageSince(before);
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.PUBLISHED, run.changes() / publishedSeconds);
            figures.put(Figure.DELIVERED, watches.deliveries() / seconds);
            figures.put(Figure.P50, watches.quantileMs(0.5));
            figures.put(Figure.P99, watches.quantileMs(0.99));
            figures.put(Figure.MAX, watches.quantileMs(1));
            figures.put(Figure.MIB_PER_SECOND, watches.bytes() / MIB / seconds);
            figures.put(Figure.CHANGES_PER_MESSAGE, (double) watches.deliveries() / Math.max(1, watches.messages()));
            Usage replica = used.get(REPLICA);
            if (replica != null) {
                figures.put(Figure.CPU_PER_DELIVERY, replica.cpuSeconds() * MICROS / Math.max(1, watches.deliveries()));
            }
            return new Point(amount, figures, used);
        }
    }

    private Point snapshot(int count) {
        var unused = sessions(scenario.clusters());
        return begin(count, count, null);
    }

    /** Many watches that were all at one revision and missed what came after it come back at once. */
    private Point resume(int amount, int missed, int count) {
        List<ClusterSession> sessions = sessions(scenario.clusters());
        ByteString token = here();
        publish(sessions, new DueTimes(nextNumber, missed), 0);
        awaitReplica(settle(sessions));
        return begin(amount, count, token);
    }

    /** Many watches begin at once: how long until each has what it lacks. */
    private Point begin(int amount, int count, @Nullable ByteString token) {
        Map<String, Usage> before = parts.usage();
        AtomicLong peakMib = new AtomicLong();
        long beganNanos = System.nanoTime();
        try (Watches watches = new Watches(server, fleet.selector(), count, token)) {
            AtomicLong lookedNanos = new AtomicLong(beganNanos);
            Waiting.until("all watches to have what they missed", PATIENCE, () -> {
                long now = System.nanoTime();
                if (now - lookedNanos.get() > TimeUnit.MILLISECONDS.toNanos(LOOK_MS)) {
                    lookedNanos.set(now);
                    notePeak(peakMib);
                }
                return watches.synced();
            });
            double seconds = (System.nanoTime() - beganNanos) / NANOS;
            notePeak(peakMib);
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.SECONDS, seconds);
            figures.put(Figure.DELIVERIES, (double) watches.deliveries());
            figures.put(Figure.MIB, watches.bytes() / MIB);
            figures.put(Figure.RESYNCS, (double) watches.resyncs());
            figures.put(Figure.DELIVERED, watches.deliveries() / seconds);
            if (peakMib.get() > 0) {
                figures.put(Figure.REPLICA_PEAK, (double) peakMib.get());
            }
            return new Point(amount, figures, parts.usageSince(before));
        }
    }

    private void notePeak(AtomicLong peakMib) {
        Usage replica = parts.usage().get(REPLICA);
        if (replica != null) {
            peakMib.accumulateAndGet((long) replica.rssMib(), Math::max);
        }
    }

    /** So many clusters, each with everything it has declared. */
    private List<ClusterSession> sessions(int count) {
        try (ProgressBar bar = ProgressBar.of(terminal, "admitting", count)) {
            List<ClusterSession> sessions = fleet.sessions(count, ready::release, bar::reached);
            for (ClusterSession session : sessions) {
                if (!declared.contains(session)) {
                    session.declareEverything(this::pause);
                    declared.add(session);
                }
            }
            settle(sessions);
            return sessions;
        }
    }

    /** Where a watch that begins now goes on. */
    private ByteString here() {
        try (Watches one = new Watches(server, fleet.selector(), 1, null)) {
            awaitSynced(one);
            return one.token();
        }
    }

    /** A replica may be behind what publishers were told: a watch would be synced with less than was missed. */
    private void awaitReplica(long revision) {
        try (Watches one = new Watches(server, fleet.selector(), 1, null)) {
            Waiting.until("the replica to have all changes", PATIENCE, () -> {
                requireNotStopped();
                return one.reached(revision);
            });
        }
    }

    /** So many watches, all at the end; their snapshots are no part of what is measured with them. */
    private Watches watches(int count) {
        Watches watches = new Watches(server, fleet.selector(), count, here());
        try {
            awaitSynced(watches);
            return watches;
        } catch (CliException failed) {
            watches.close();
            throw failed;
        }
    }

    private void awaitSynced(Watches watches) {
        Waiting.until("all watches to be synced", PATIENCE, () -> {
            requireNotStopped();
            return watches.synced();
        });
    }

    /** @param rate changes a second; 0 for as fast as they are taken */
    private void publish(List<ClusterSession> sessions, DueTimes run, int rate) {
        nextNumber += run.changes();
        try (ProgressBar bar = ProgressBar.of(terminal, "publishing", run.changes())) {
            long beganNanos = System.nanoTime();
            for (int index = 0; index < run.changes(); index++) {
                requireNotStopped();
                ClusterSession session = sessions.get(index % sessions.size());
                long number = run.first() + index;
                long dueNanos = rate == 0 ? System.nanoTime() : beganNanos + TimeUnit.SECONDS.toNanos(index) / rate;
                run.due(number, dueNanos);
                for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                while (!session.takes()) {
                    pause();
                }
                session.change(session.cluster().change(number, chance));
                bar.reached(index);
            }
        }
    }

    /** Waits until everything is decided; tells the revision after it. */
    private long settle(List<ClusterSession> sessions) {
        Waiting.until("the fleet to decide what was published", PATIENCE, () -> {
            requireNotStopped();
            return sessions.stream().allMatch(ClusterSession::settled);
        });
        return sessions.stream().mapToLong(ClusterSession::revision).max().orElse(0);
    }

    private void pause() {
        requireNotStopped();
        try {
            // woken by acks; the limit only lets a stop or a failure be seen
            boolean unused = ready.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS);
            ready.drainPermits();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.ERROR, "interrupted");
        }
    }

    private void requireNotStopped() {
        if (terminal.stopSignal().stopped()) {
            throw new CliException(ExitCode.ERROR, "stopped; nothing was measured");
        }
    }
}
