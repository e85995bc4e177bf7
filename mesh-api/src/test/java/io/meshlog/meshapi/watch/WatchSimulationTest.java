package io.meshlog.meshapi.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.feed.ReplicaFoldAccess;
import io.meshlog.meshapi.feed.ScriptedFleet;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A fleet, a replica and readers of all paces, in one thread, from one seed. Whenever a reader is told that it is complete
 * up to a revision, what it holds must be exactly what its selector selects of the fleet at that revision: nothing missing,
 * doubled, torn or left over. Set {@code -Dmeshlog.seed=N} to play one again.
 */
class WatchSimulationTest {
    private static final int SEEDS = Integer.getInteger("meshlog.seeds", 150);
    private static final HubLimits SMALL = new HubLimits(
            8,
            1 << 20,
            3,
            1 << 16,
            5,
            100,
            Duration.ofSeconds(3),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    static LongStream seeds() {
        Long one = Long.getLong("meshlog.seed");
        return one != null ? LongStream.of(one) : LongStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyReaderHoldsWhatItSelectsWhereverItIsTold(long seed) {
        World world = new World(seed);
        for (int i = 0; i < 150; i++) {
            world.step();
        }
        world.letEveryoneCatchUp();

        assertThat(world.readers).isNotEmpty().allSatisfy(reader -> {
            assertThat(reader.markedRevision).isEqualTo(world.fleet.state.revision());
            assertThat(reader.held).isEqualTo(world.selected(reader.selector));
        });
    }

    private static final class World {
        final Random random;
        final ScriptedFleet fleet;
        final MemoryReplicaStore store = new MemoryReplicaStore();
        final ReplicaFoldAccess replica = new ReplicaFoldAccess(store);
        final Queue<Runnable> tasks = new ArrayDeque<>();
        final Queue<Runnable> catchUps = new ArrayDeque<>();
        final List<Reader> readers = new ArrayList<>();
        final List<RuntimeException> faults = new ArrayList<>();
        /** What the fleet held at each revision. */
        final TreeMap<Long, Map<ResourceKey, Seen>> history = new TreeMap<>();

        final RingWatchHub hub;
        long nowMs;
        int fed;

        World(long seed) {
            random = new Random(seed);
            fleet = new ScriptedFleet(4);
            hub = new RingWatchHub(
                    store,
                    new TextEncoder(),
                    SMALL,
                    List.of(tasks::add, tasks::add),
                    catchUps::add,
                    () -> Instant.ofEpochMilli(nowMs),
                    faults::add);
            feed();
            hub.synced(store.position().revision(), false);
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> change();
                case 3 -> {
                    change();
                    feed();
                }
                case 4 -> feed();
                case 5 -> readers.add(new Reader(this, randomSelector(), new Start.FromSnapshot()));
                case 6 -> resumeSomeone();
                case 7 -> nowMs += random.nextInt(2_500);
                case 8 -> hub.tick();
                default -> readers.forEach(reader -> reader.take(random.nextInt(3)));
            }
            runTasks(random.nextInt(6));
            assertThat(faults).isEmpty();
        }

        private void change() {
            String name = "k" + random.nextInt(6);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> fleet.upsert(name, "v" + random.nextInt(100));
                case 3 -> fleet.delete(name);
                case 4, 5 -> fleet.upsertNode("n" + random.nextInt(4), Map.of("zone", "z" + random.nextInt(2)));
                case 6 -> fleet.say(new Statement.Frame(null, null, List.of()));
                default -> fleet.finishJobs();
            }
            remember();
        }

        private void remember() {
            history.put(fleet.state.revision(), selected(Selector.ALL));
        }

        void feed() {
            List<ChangeRecord> records = fleet.changelog();
            hub.append(replica.take(records.subList(fed, records.size())));
            fed = records.size();
            remember();
        }

        private void resumeSomeone() {
            if (!readers.isEmpty()) {
                Reader reader = readers.remove(random.nextInt(readers.size()));
                reader.watch.cancel();
                if (reader.token != null) {
                    readers.add(new Reader(this, reader));
                }
            }
        }

        private Selector randomSelector() {
            return switch (random.nextInt(4)) {
                case 0 -> Selector.ALL;
                case 1 -> new Selector(Set.of(), Set.of(Kind.OPAQUE), Set.of(), Set.of(), Map.of());
                case 2 -> new Selector(Set.of(), Set.of(), Set.of(), Set.of("k1", "n1"), Map.of());
                default -> new Selector(Set.of(), Set.of(), Set.of(), Set.of(), Map.of("zone", "z1"));
            };
        }

        void runTasks(int most) {
            for (int i = 0; i < most && !(tasks.isEmpty() && catchUps.isEmpty()); i++) {
                boolean fromCatchUps = tasks.isEmpty() || !catchUps.isEmpty() && random.nextBoolean();
                (fromCatchUps ? catchUps : tasks).remove().run();
            }
        }

        void letEveryoneCatchUp() {
            fleet.finishJobs();
            feed();
            for (int i = 0; i < 400; i++) {
                readers.forEach(reader -> reader.take(10));
                runTasks(1_000);
                nowMs += 500;
                hub.tick();
                runTasks(1_000);
            }
            assertThat(faults).isEmpty();
        }

        Map<ResourceKey, Seen> selected(Selector selector) {
            Map<ResourceKey, Seen> selected = new TreeMap<>();
            fleet.entries.range(null, null).forEachRemaining(entry -> {
                if (!entry.deleted()
                        && selector.matchesKey(entry.key(), entry.kind())
                        && selector.matchesLabels(new TextEncoder().labels(entry))) {
                    selected.put(entry.key(), new Seen(entry.modRevision(), new TextEncoder().labels(entry)));
                }
            });
            return selected;
        }
    }

    private record Seen(long revision, Map<String, String> labels) {}

    private static final class Reader implements WatchSink {
        final World world;
        final Selector selector;
        final Map<ResourceKey, Seen> held = new TreeMap<>();
        final Watch watch;

        @Nullable
        ResumeToken token;

        long markedRevision = -1;
        int credit = 1;

        Reader(World world, Selector selector, Start start) {
            this.world = world;
            this.selector = selector;
            this.watch = world.hub.open(new WatchSpec(selector, start), this);
        }

        Reader(World world, Reader before) {
            this.world = world;
            this.selector = before.selector;
            this.held.putAll(before.heldAtToken());
            this.token = before.token;
            this.watch = world.hub.open(new WatchSpec(selector, new Start.AfterToken(before.token)), this);
        }

        private Map<ResourceKey, Seen> heldAtToken() {
            return selectedAt(token.revision());
        }

        private Map<ResourceKey, Seen> selectedAt(long revision) {
            Map<ResourceKey, Seen> selected = new TreeMap<>(world.history.get(revision));
            selected.entrySet()
                    .removeIf(each ->
                            !selector.matchesKey(each.getKey(), each.getKey().kind())
                                    || !selector.matchesLabels(each.getValue().labels()));
            return selected;
        }

        void take(int more) {
            credit = Math.min(20, credit + more);
            watch.onReady();
        }

        @Override
        public boolean isReady() {
            return credit > 0;
        }

        @Override
        public void send(List<byte[]> changes) {
            credit--;
            for (byte[] bytes : changes) {
                String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\\|", -1);
                ResourceKey key = new ResourceKey(parts[1]);
                if (parts[0].equals("upsert")) {
                    Map<String, String> labels = parts[3].isEmpty() ? Map.of() : Map.of("zone", parts[3]);
                    held.put(key, new Seen(Long.parseLong(parts[2]), labels));
                } else {
                    held.remove(key);
                }
            }
        }

        @Override
        public void synced(ResumeToken at) {
            marked(at);
        }

        @Override
        public void bookmark(ResumeToken at) {
            marked(at);
        }

        private void marked(ResumeToken at) {
            assertThat(at.revision()).as("markers go forward").isGreaterThanOrEqualTo(markedRevision);
            if (world.history.containsKey(at.revision())) {
                assertThat(held).as("at revision %d", at.revision()).isEqualTo(selectedAt(at.revision()));
                token = at;
            }
            markedRevision = at.revision();
        }

        @Override
        public void resync(String reason) {
            held.clear();
            markedRevision = -1;
        }

        @Override
        public void closed(WatchEnd end) {
            throw new AssertionError("closed: " + end);
        }
    }
}
