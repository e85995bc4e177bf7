package io.meshlog.meshapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ScriptedFleet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every store does. */
abstract class ReplicaStoreContract {
    final ScriptedFleet fleet = new ScriptedFleet(100);
    ReplicaStore store;
    private int applied;

    abstract ReplicaStore open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    /** Applies what the fleet decided since the last time. */
    void catchUp(long horizon) {
        List<ChangeRecord> records = fleet.changelog();
        List<Entry> entries = records.subList(applied, records.size()).stream()
                .map(ChangeRecord::change)
                .filter(Objects::nonNull)
                .filter(change -> change.op() != FleetChange.Op.DIGEST)
                .map(Entry::of)
                .toList();
        applied = records.size();
        store.apply(new StoreBatch(
                entries,
                List.of(),
                new StorePosition(
                        records.getLast().logId(),
                        fleet.state.revision(),
                        records.getLast().offset() + 1,
                        -1,
                        horizon)));
    }

    @Test
    void holdsWhatTheFoldDecided() {
        fleet.upsert("a", "1");
        fleet.upsert("a", "2");
        fleet.upsert("b", "1");
        fleet.delete("b");
        catchUp(0);

        assertThat(store.get(ScriptedFleet.key("a"))).isEqualTo(fleet.entries.get(ScriptedFleet.key("a")));
        assertThat(store.get(ScriptedFleet.key("b")).deleted()).isTrue();
        assertThat(store.get(ScriptedFleet.key("c"))).isNull();
        assertThat(store.digest()).isEqualTo(fleet.state.digest());
        assertThat(store.counts().get("eastus")).containsEntry(Kind.OPAQUE, 1L);
        assertThat(store.position().revision()).isEqualTo(fleet.state.revision());
    }

    @Test
    void aSnapshotDoesNotMove() {
        fleet.upsert("a", "1");
        catchUp(0);
        long then = store.position().revision();

        try (ReplicaSnapshot snapshot = store.snapshot()) {
            fleet.upsert("a", "2");
            fleet.upsert("b", "1");
            catchUp(0);
            store.clear();

            assertThat(snapshot.position().revision()).isEqualTo(then);
            assertThat(snapshot.get(ScriptedFleet.key("a")).modRevision()).isEqualTo(then);
            assertThat(keys(snapshot.range(ScriptedFleet.key(""), ScriptedFleet.key("z"))))
                    .containsExactly("a");
        }
        assertThat(store.position()).isEqualTo(StorePosition.EMPTY);
        assertThat(store.get(ScriptedFleet.key("a"))).isNull();
        assertThat(store.counts()).isEmpty();
    }

    @Test
    void rangesAreOpenBelowAndClosedAbove() {
        List.of("a", "b", "c", "d").forEach(name -> fleet.upsert(name, "1"));
        catchUp(0);

        try (ReplicaSnapshot snapshot = store.snapshot()) {
            assertThat(keys(snapshot.range(ScriptedFleet.key("a"), ScriptedFleet.key("c"))))
                    .containsExactly("b", "c");
            assertThat(keys(snapshot.range(ScriptedFleet.key("c"), null))).startsWith("d");
        }
    }

    @Test
    void whatChangedAfterARevisionComesInTheOrderOfRevisionsTheLatestOnly() {
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        catchUp(0);
        long then = store.position().revision();
        fleet.upsert("c", "1");
        fleet.upsert("a", "2");
        fleet.delete("b");
        fleet.upsert("c", "2");
        catchUp(0);

        try (ReplicaSnapshot snapshot = store.snapshot()) {
            assertThat(keys(snapshot.changedAfter(then))).containsExactly("a", "b", "c");
            assertThat(keys(snapshot.changedAfter(store.position().revision()))).isEmpty();
        }
    }

    @Test
    void theHorizonDropsDeletesBelowIt() {
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        fleet.delete("a");
        long horizon = fleet.state.revision() + 1;
        fleet.delete("b");
        catchUp(0);
        fleet.upsert("c", "1");
        catchUp(horizon);

        try (ReplicaSnapshot snapshot = store.snapshot()) {
            assertThat(snapshot.get(ScriptedFleet.key("a"))).isNull();
            assertThat(snapshot.get(ScriptedFleet.key("b")).deleted()).isTrue();
            assertThat(keys(snapshot.changedAfter(0))).contains("b", "c").doesNotContain("a");
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyBatchesLeaveWhatAModelHolds(int seed) {
        Random random = new Random(seed);
        TreeMap<ResourceKey, Entry> model = new TreeMap<>();
        long revision = 0;
        long horizon = 0;
        for (int batch = 0; batch < 30; batch++) {
            List<Entry> entries = new ArrayList<>();
            Set<ResourceKey> forgotten = new HashSet<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                Entry entry = randomEntry(random, ++revision);
                entries.add(entry);
                model.put(entry.key(), entry);
            }
            if (random.nextInt(4) == 0) {
                ResourceKey key = ScriptedFleet.key("k" + random.nextInt(8));
                if (entries.stream().noneMatch(entry -> entry.key().equals(key))) {
                    forgotten.add(key);
                    model.remove(key);
                }
            }
            horizon = random.nextInt(4) == 0 ? Math.max(horizon, random.nextLong(revision + 1)) : horizon;
            long moved = horizon;
            model.values().removeIf(entry -> entry.deleted() && entry.modRevision() < moved);
            StorePosition position = new StorePosition(new UUID(1, 2), revision, batch, revision, horizon);
            store.apply(new StoreBatch(entries, List.copyOf(forgotten), position));
            assertHoldsTheModel(model, random.nextLong(revision + 1));
            assertThat(store.position()).isEqualTo(position);
            if (random.nextInt(8) == 0) {
                store = reopened(store);
            }
        }
    }

    /** The store after its process has ended and begun again; for stores that do not outlive it, the same. */
    ReplicaStore reopened(ReplicaStore held) {
        return held;
    }

    private static Entry randomEntry(Random random, long revision) {
        ResourceKey key = ScriptedFleet.key("k" + random.nextInt(8));
        boolean deleted = random.nextInt(3) == 0;
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        return new Entry(
                key,
                Kind.OPAQUE,
                revision,
                revision,
                deleted ? 0 : 1,
                Origin.SESSION,
                0,
                revision,
                deleted ? Hash128.ZERO : Hash128.of(key, revision, value),
                deleted ? null : new EncodedValue(1, Bytes.owned(value)));
    }

    private void assertHoldsTheModel(SortedMap<ResourceKey, Entry> model, long after) {
        Tally tally = new Tally();
        model.values().forEach(tally::add);
        assertThat(store.digest()).isEqualTo(tally.digest());
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            assertThat(all(snapshot.range(null, null))).containsExactlyElementsOf(model.values());
            assertThat(all(snapshot.changedAfter(after)))
                    .containsExactlyElementsOf(model.values().stream()
                            .filter(entry -> entry.modRevision() > after)
                            .sorted(Comparator.comparingLong(Entry::modRevision))
                            .toList());
            model.forEach((key, entry) -> assertThat(snapshot.get(key)).isEqualTo(entry));
        }
    }

    private static List<Entry> all(Entries.Cursor cursor) {
        List<Entry> all = new ArrayList<>();
        try (cursor) {
            cursor.forEachRemaining(all::add);
        }
        return all;
    }

    static List<String> keys(Entries.Cursor cursor) {
        List<String> keys = new ArrayList<>();
        try (cursor) {
            cursor.forEachRemaining(entry -> {
                if (entry.kind() == Kind.OPAQUE) {
                    keys.add(entry.key().name());
                }
            });
        }
        return keys;
    }

    /** For stores that outlive their process. */
    void assertHolds(ReplicaStore other, Map<ResourceKey, Entry> expected) {
        expected.forEach((key, entry) -> assertThat(other.get(key)).isEqualTo(entry));
        assertThat(other.digest()).isEqualTo(fleet.state.digest());
    }
}
