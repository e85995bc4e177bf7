package io.meshlog.publisher.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange;
import io.meshlog.publisher.outbox.OutboxState.Following;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An outbox and a fleet that loses streams, repeats and delays acks, fences and asks for snapshots, all from one seed:
 * whenever the outbox says it is synced, and so in
 * the end, the fleet holds exactly what is declared. Run one seed again with {@code -Dseed=n}.
 */
class OutboxSimulationTest {
    private static final int STEPS = 3_000;
    private static final int KEYS = 40;
    private static final GatewayLimits LIMITS = new GatewayLimits(1_000_000, 3, 4);

    static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one == null ? LongStream.rangeClosed(1, 60) : LongStream.of(one);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theFleetEndsUpWithWhatIsDeclared(long seed) {
        new Simulation(seed).run();
    }

    private static final class Simulation {
        private final long seed;
        private final Random random;
        private final Fleet fleet = new Fleet();
        private final SortedMap<ResourceKey, Value> declared = new TreeMap<>();
        private final Outbox outbox;
        private long now;
        private int synced;

        Simulation(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.outbox = new Outbox(
                    fleet,
                    Leadership.ALWAYS,
                    new Backoff(Duration.ofMillis(10), Duration.ofMillis(200), random),
                    new CountingStamps(),
                    resource -> 100,
                    new Transitions());
        }

        void run() {
            outbox.onDeclared(declared, now);
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(20);
                outbox.onTick(now);
                disturb();
                deliver();
                if (outbox.isSynced()) {
                    synced++;
                    assertThat(fleet.state).as("seed %d, step %d", seed, step).isEqualTo(declared);
                }
                assertThat(outbox.undecided()).as("seed %d", seed).isLessThanOrEqualTo(LIMITS.maxUndecidedEvents());
                assertThat(outbox.pending()).as("seed %d", seed).isLessThanOrEqualTo(2 * KEYS);
            }
            assertThat(synced).as("seed %d: how often it was synced", seed).isPositive();
            fleet.ready = true;
            for (int calm = 0; calm < 500 && !outbox.isSynced(); calm++) {
                now += 50;
                outbox.onTick(now);
                outbox.onWritable(fleet.connection);
                deliver();
            }
            assertThat(outbox.state()).as("seed %d", seed).isInstanceOf(Following.class);
            assertThat(outbox.isSynced()).as("seed %d", seed).isTrue();
            assertThat(fleet.state).as("seed %d", seed).isEqualTo(declared);
        }

        private void disturb() {
            switch (random.nextInt(40)) {
                case 0 -> loseStream();
                case 1 -> fleet.fenced = fleet.session != null;
                case 2 -> outbox.onSendSnapshot(fleet.connection);
                case 3 -> fleet.ready = false;
                case 4 -> {
                    fleet.ready = true;
                    outbox.onWritable(fleet.connection);
                }
                case 5 -> outbox.onAck(fleet.connection, random.nextLong(fleet.decided + 1), 0, List.of(), now);
                case 6 -> outbox.onDeclared(shuffled(), now);
                default -> change();
            }
        }

        private void loseStream() {
            long lost = fleet.connection;
            int arrived = random.nextInt(fleet.wire.size() + 1);
            for (int event = 0; event < arrived; event++) {
                fleet.decide(fleet.wire.removeFirst());
            }
            fleet.wire.clear();
            outbox.onStreamEnded(lost, new StreamEnd(StreamEnd.Code.LOST, "lost"), now);
        }

        private SortedMap<ResourceKey, Value> shuffled() {
            declared.clear();
            for (int id = 1; id <= KEYS; id++) {
                if (random.nextBoolean()) {
                    declared.put(OutboxHarness.key(id), Value.of(OutboxHarness.identity(id, "s" + random.nextInt(3))));
                }
            }
            return declared;
        }

        private void change() {
            int id = 1 + random.nextInt(KEYS);
            ResourceKey key = OutboxHarness.key(id);
            if (random.nextInt(3) == 0) {
                if (declared.remove(key) != null) {
                    outbox.onChanges(List.of(new ExportChange.Withdraw(key)), now);
                }
            } else {
                Value value = Value.of(OutboxHarness.identity(id, "c" + random.nextInt(5)));
                declared.put(key, value);
                outbox.onChanges(List.of(new ExportChange.Declare(key, value)), now);
            }
        }

        private void deliver() {
            if (fleet.connecting) {
                fleet.connecting = false;
                outbox.onConnected(fleet.connection, now);
            }
            if (fleet.opening != null) {
                long decided = fleet.openSession();
                outbox.onOpened(fleet.connection, decided, LIMITS, now);
            }
            for (int count = random.nextInt(4); count > 0 && !fleet.wire.isEmpty(); count--) {
                if (fleet.fenced) {
                    fleet.fenceAll();
                    outbox.onStreamEnded(fleet.connection, new StreamEnd(StreamEnd.Code.SESSION_OVER, "fenced"), now);
                    return;
                }
                fleet.decide(fleet.wire.removeFirst());
                if (random.nextInt(3) > 0) {
                    outbox.onAck(fleet.connection, fleet.decided, fleet.decided, List.of(), now);
                }
            }
            if (fleet.wire.isEmpty() && fleet.session != null && !fleet.fenced) {
                outbox.onAck(fleet.connection, fleet.decided, fleet.decided, List.of(), now);
            }
        }
    }

    /** What a gateway and the fold do with one writer's session. */
    private static final class Fleet implements Link {
        final SortedMap<ResourceKey, Value> state = new TreeMap<>();
        final Deque<OutboxEvent> wire = new ArrayDeque<>();
        final Map<Long, OutboxEvent> seen = new HashMap<>();
        UUID session;
        UUID opening;
        long decided;
        long connection;
        boolean connecting;
        boolean ready = true;
        boolean fenced;

        @Override
        public void connect(long number) {
            connection = number;
            connecting = true;
            wire.clear();
        }

        @Override
        public void open(UUID incarnation) {
            opening = incarnation;
        }

        long openSession() {
            if (!opening.equals(session)) {
                session = opening;
                decided = 0;
                fenced = false;
                seen.clear();
            }
            opening = null;
            return decided;
        }

        void fenceAll() {
            session = new UUID(3, connection);
            fenced = false;
            wire.clear();
            decided = 0;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void send(OutboxEvent event) {
            OutboxEvent before = seen.putIfAbsent(event.sequence(), event);
            assertThat(before == null || before.equals(event))
                    .as("event %d is sent again unchanged", event.sequence())
                    .isTrue();
            wire.addLast(event);
        }

        @Override
        public void disconnect(String reason) {
            connecting = false;
            opening = null;
            wire.clear();
        }

        /** As the fold does: what it has seen is dropped, a gap would be an error. */
        void decide(OutboxEvent event) {
            if (event.sequence() <= decided) {
                return;
            }
            assertThat(event.sequence()).as("no gap").isEqualTo(decided + 1);
            decided = event.sequence();
            switch (event.statement()) {
                case Statement.Upsert upsert -> state.put(upsert.key(), upsert.value());
                case Statement.Delete delete -> state.remove(delete.key());
                case Statement.Frame frame -> {
                    state.keySet()
                            .removeIf(key -> (frame.from() == null || key.compareTo(frame.from()) > 0)
                                    && (frame.to() == null || key.compareTo(frame.to()) <= 0));
                    frame.resources().forEach(value -> {
                        state.put(((Declared) value.resource()).keyIn("eastus"), value);
                    });
                }
                default -> throw new AssertionError(event);
            }
        }
    }
}
