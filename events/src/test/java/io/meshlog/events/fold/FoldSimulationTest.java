package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.opaque;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of two clusters. Set {@code -Dmeshlog.seed=N} to play one again; a failing test's name has its seed.
 */
class FoldSimulationTest {
    private static final int SEEDS = Integer.getInteger("meshlog.seeds", 150);
    private static final int EVENTS = 120;
    private static final List<String> CLUSTERS = List.of("eastus", "westeurope");

    static LongStream seeds() {
        Long one = Long.getLong("meshlog.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, SEEDS);
    }

    /** What the two publishers want to be there, and how they say it. */
    private static final class Play {
        private final Random random;
        private final FoldHarness fleet;
        private final Map<String, TreeMap<String, String>> wanted = new TreeMap<>();

        Play(long seed, Limits limits) {
            random = new Random(seed);
            fleet = FoldHarness.ofTwoClusters(limits, 1 + random.nextInt(FleetFold.FEATURE_LEVEL));
            CLUSTERS.forEach(cluster -> wanted.put(cluster, new TreeMap<>()));
        }

        FoldHarness run() {
            for (int i = 0; i < EVENTS; i++) {
                act(CLUSTERS.get(random.nextInt(CLUSTERS.size())));
            }
            fleet.finishJobs();
            return fleet;
        }

        private void act(String cluster) {
            String name = "k" + random.nextInt(12);
            TreeMap<String, String> mine = wanted.get(cluster);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> {
                    mine.put(name, "v" + random.nextInt(3));
                    fleet.upsert(cluster, opaque(name, mine.get(name)));
                }
                case 4, 5 -> {
                    mine.remove(name);
                    fleet.delete(cluster, new ResourceKey(cluster + "/opaque/" + name));
                }
                case 6 -> snapshot(cluster, mine);
                case 7 -> {
                    forget(cluster, mine);
                    fleet.open(cluster, "publisher");
                    snapshot(cluster, mine);
                }
                case 8 -> fleet.upsert(cluster, endpoint("10.99.0." + random.nextInt(4), "outside"));
                case 9 -> fleet.command(new Statement.AdvanceHorizon(1 + random.nextLong(fleet.state.revision()), 0));
                case 10 -> fleet.command(new Statement.AskDigest());
                default -> {
                    if (!fleet.state.jobs().isEmpty()) {
                        fleet.command(new Statement.Step(
                                fleet.state.jobs().iterator().next().id()));
                    }
                }
            }
        }

        /** Things change while the publisher is away. */
        private void forget(String cluster, SortedMap<String, String> mine) {
            mine.keySet().removeIf(name -> random.nextInt(3) == 0);
            mine.put("k" + random.nextInt(12), "away-" + cluster);
        }

        private void snapshot(String cluster, SortedMap<String, String> mine) {
            String from = null;
            List<Value> frame = new ArrayList<>();
            for (Map.Entry<String, String> each : mine.entrySet()) {
                frame.add(opaque(each.getKey(), each.getValue()));
                if (frame.size() == 4) {
                    fleet.say(cluster, new Statement.Frame(key(cluster, from), key(cluster, each.getKey()), frame));
                    from = each.getKey();
                    frame = new ArrayList<>();
                }
            }
            fleet.say(cluster, new Statement.Frame(key(cluster, from), null, frame));
        }

        private static ResourceKey key(String cluster, String name) {
            return name == null ? null : new ResourceKey(cluster + "/opaque/" + name);
        }

        private Map<ResourceKey, Value> expected() {
            Map<ResourceKey, Value> expected = new TreeMap<>();
            wanted.forEach((cluster, mine) ->
                    mine.forEach((name, value) -> expected.put(key(cluster, name), opaque(name, value))));
            return expected;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theStateIsWhatTheClustersSaidWhateverTheBound(long seed) {
        Play large = new Play(seed, Limits.DEFAULT);
        FoldHarness one = large.run();

        assertThat(one.live(Kind.OPAQUE)).isEqualTo(large.expected());
        for (int bound : new int[] {3, 4, 7}) {
            Play small = new Play(seed, Limits.DEFAULT.withMaxChanges(bound));
            FoldHarness other = small.run();
            assertThat(other.live(Kind.OPAQUE)).as("bound %d", bound).isEqualTo(small.expected());
            assertThat(other.changes)
                    .as("bound %d", bound)
                    .allSatisfy(change -> assertThat(change.count()).isLessThanOrEqualTo(bound));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSameEventsGiveTheSameStateAndBytesWhateverTheBound(long seed) {
        List<Statement> statements = endingInSnapshots(seed);

        FoldHarness large = replay(statements, Limits.DEFAULT);
        FoldHarness small = replay(statements, Limits.DEFAULT.withMaxChanges(Limits.LEAST_MAX_CHANGES));

        assertThat(small.live(Kind.OPAQUE, Kind.ENDPOINT, Kind.VIOLATION))
                .isEqualTo(large.live(Kind.OPAQUE, Kind.ENDPOINT, Kind.VIOLATION));
    }

    private static List<Statement> endingInSnapshots(long seed) {
        return new Play(seed, Limits.DEFAULT)
                .run().log.stream()
                        .filter(event -> "eastus".equals(event.sender().cluster()))
                        .map(MeshEvent::statement)
                        .filter(statement -> !(statement instanceof Statement.OpenSession))
                        .toList();
    }

    private static FoldHarness replay(List<Statement> statements, Limits limits) {
        FoldHarness fleet = FoldHarness.ofTwoClusters(limits);
        statements.forEach(statement -> fleet.say("eastus", statement));
        fleet.finishJobs();
        return fleet;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anySplitOfTheLogGivesTheSameStateAndBytes(long seed) {
        FoldHarness whole = new Play(seed, Limits.DEFAULT.withMaxChanges(5)).run();
        Random random = new Random(seed);
        FoldHarness split = new FoldHarness(Limits.DEFAULT.withMaxChanges(5));

        for (MeshEvent event : whole.log) {
            if (random.nextInt(4) == 0) {
                split.restart();
            }
            split.decide(event);
        }

        assertThat(bytes(split.changes)).isEqualTo(bytes(whole.changes));
        assertThat(split.state.digest()).isEqualTo(whole.state.digest());
        split.restart();
        assertThat(split.state.digest()).isEqualTo(whole.state.digest());
        assertThat(split.state.revision()).isEqualTo(whole.state.revision());
        assertThat(split.state.nextEventOffset()).isEqualTo(whole.state.nextEventOffset());
    }

    private static List<String> bytes(List<FleetChange> changes) {
        ChangeCodec codec = new ChangeCodec();
        return changes.stream()
                .map(change -> HexFormat.of().formatHex(codec.encode(change)))
                .toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void revisionsAreContiguousAndWritesWhole(long seed) {
        FoldHarness fleet = new Play(seed, Limits.DEFAULT.withMaxChanges(4)).run();

        long revision = 0;
        int index = 0;
        int count = 0;
        for (FleetChange change : fleet.changes) {
            if (!change.isWrite()) {
                assertThat(index).isEqualTo(count);
                assertThat(change.revision()).isEqualTo(revision);
                continue;
            }
            if (index == count) {
                revision++;
                index = 0;
                count = change.count();
            }
            assertThat(change.revision()).isEqualTo(revision);
            assertThat(change.index()).isEqualTo(index);
            assertThat(change.count()).isEqualTo(count);
            index++;
        }
        assertThat(revision).isEqualTo(fleet.state.revision());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anEventSaidTwiceIsDecidedOnce(long seed) {
        FoldHarness once = new Play(seed, Limits.DEFAULT).run();
        Random random = new Random(seed);
        FoldHarness twice = new FoldHarness();

        List<MeshEvent> said = new ArrayList<>();
        for (MeshEvent event : once.log) {
            twice.decide(event);
            said.add(event);
            if (random.nextInt(3) == 0) {
                MeshEvent again = said.get(random.nextInt(said.size()));
                if (!(again.statement() instanceof Statement.Found)) {
                    twice.decide(again);
                }
            }
        }

        assertThat(twice.live(Kind.OPAQUE, Kind.VIOLATION, Kind.CLUSTER, Kind.FLEET))
                .isEqualTo(once.live(Kind.OPAQUE, Kind.VIOLATION, Kind.CLUSTER, Kind.FLEET));
        assertThat(twice.state.revision()).isEqualTo(once.state.revision());
    }
}
