package io.meshlog.meshapi.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicaFoldTest {
    private static final int SEEDS = 100;

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyCompactionOfTheLogGivesTheSameStore(int seed) {
        Random random = new Random(seed);
        ScriptedFleet fleet = randomFleet(random, 80);
        List<ChangeRecord> records = fleet.changelog();
        int dirtyFrom = random.nextInt(records.size());

        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = new ReplicaFold(store);
        feedInPieces(fold, ScriptedFleet.compacted(records, dirtyFrom, random), random);
        fold.becomeExact();

        assertThat(held(store)).isEqualTo(held(fleet.entries));
        assertThat(store.position().revision()).isEqualTo(fleet.state.revision());
        assertThat(store.digest()).isEqualTo(fleet.state.digest());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void writeByWriteGivesTheSameStoreAndEveryDigestAgrees(int seed) {
        Random random = new Random(seed);
        ScriptedFleet fleet = randomFleet(random, 80);
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = new ReplicaFold(store);
        fold.becomeExact();

        List<AppliedBatch> applied = feedInPieces(fold, fleet.changelog(), random);

        assertThat(held(store)).isEqualTo(held(fleet.entries));
        assertThat(applied.stream().flatMap(batch -> batch.writes().stream()).map(write -> write.revision()))
                .containsExactlyElementsOf(LongStream.rangeClosed(1, fleet.state.revision())
                        .boxed()
                        .toList());
    }

    @Test
    void aMissingWriteIsAHole() {
        ScriptedFleet fleet = randomFleet(new Random(1), 20);
        List<ChangeRecord> records = new ArrayList<>(fleet.changelog());
        records.removeIf(record -> record.change() != null
                && record.change().isWrite()
                && record.change().revision() == 5);
        ReplicaFold fold = new ReplicaFold(new MemoryReplicaStore());
        fold.becomeExact();

        assertThatThrownBy(() -> fold.take(records, 1_000))
                .isInstanceOf(HoleException.class)
                .hasMessageContaining("revision 5 was expected");
    }

    @Test
    void aWriteOfWhichOnlyAPartCameIsNoPlaceToBecomeExact() {
        // given
        ScriptedFleet fleet = new ScriptedFleet(100);
        int before = fleet.changelog().size();
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        fleet.say(new Statement.Frame(null, null, List.of()));
        List<ChangeRecord> records = fleet.changelog();
        int part = before + 5;
        assertThat(records.get(part - 1).change().count()).isEqualTo(2);
        ReplicaFold fold = new ReplicaFold(new MemoryReplicaStore());

        // when
        fold.take(records.subList(0, part), records.get(part - 1).offset() + 1);
        boolean within = !fold.atBoundary();
        fold.take(records.subList(part, records.size()), records.getLast().offset() + 1);

        // then
        assertThat(within).isTrue();
        assertThat(fold.atBoundary()).isTrue();
    }

    @Test
    void aStoreThatIsMadeToDifferIsFoundOutAtTheNextDigest() {
        ScriptedFleet fleet = new ScriptedFleet(100);
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = new ReplicaFold(store);
        fold.becomeExact();
        List<ChangeRecord> first = fleet.changelog();
        fold.take(first, first.getLast().offset() + 1);
        Entry a = store.get(ScriptedFleet.key("a"));
        Entry stolen = new Entry(
                a.key(),
                a.kind(),
                a.modRevision(),
                a.createRevision(),
                0,
                a.origin(),
                0,
                a.eventOffset(),
                Hash128.ZERO,
                null);

        store.apply(new StoreBatch(List.of(stolen), List.of(), store.position()));
        fleet.command(new Statement.AskDigest());
        List<ChangeRecord> rest =
                fleet.changelog().subList(first.size(), fleet.changelog().size());

        assertThatThrownBy(() -> fold.take(rest, rest.getLast().offset() + 1))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("digest");
    }

    @Test
    void anotherLogIsNotTakenForThisOne() {
        ScriptedFleet fleet = new ScriptedFleet(100);
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = new ReplicaFold(store);
        List<ChangeRecord> records = fleet.changelog();
        fold.take(records, records.getLast().offset() + 1);
        fold.becomeExact();
        fold.becomeTolerant();
        fleet.upsert("a", "1");
        ChangeRecord last = fleet.changelog().getLast();
        ChangeRecord foreign = new ChangeRecord(last.offset(), 0, new UUID(9, 9), last.key(), last.change());

        assertThatThrownBy(() -> fold.take(List.of(foreign), last.offset() + 1))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("log");
    }

    @Test
    void aStoreThatMayHaveMissedForgottenDeletesIsBuiltAnew() {
        ScriptedFleet fleet = new ScriptedFleet(100);
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = new ReplicaFold(store);
        List<ChangeRecord> before = fleet.changelog();
        fold.take(before, before.getLast().offset() + 1);
        fold.becomeExact();
        fold.becomeTolerant();
        fleet.delete("a");
        fleet.upsert("b", "2");
        fleet.command(new Statement.AdvanceHorizon(fleet.state.revision(), 0));
        fleet.finishJobs();
        List<ChangeRecord> after = new ArrayList<>(
                fleet.changelog().subList(before.size(), fleet.changelog().size()));
        after.removeIf(record -> record.key().equals(ScriptedFleet.key("a")));

        assertThatThrownBy(() -> fold.take(after, after.getLast().offset() + 1))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("forgotten");
    }

    @Test
    void aForgottenDeleteMovesTheHorizonBeforeTheFleetsRecordIsRead() {
        // given a store that knows a delete, and a log that compaction has left only the forgetting of it
        ScriptedFleet fleet = new ScriptedFleet(100);
        fleet.upsert("a", "1");
        fleet.delete("a");
        long deletedAt = fleet.state.revision();
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = wholeFold(store, fleet);

        // when
        ChangeRecord forgetting = forgettingOf("a", fleet);
        fold.take(List.of(forgetting), forgetting.offset() + 1);

        // then
        assertThat(store.position().whole()).isTrue();
        assertThat(store.position().horizon()).isEqualTo(deletedAt + 1);
    }

    @Test
    void aForgottenDeleteOfWhatTheStoreHasIsNotServed() {
        // given a store that missed the delete
        ScriptedFleet fleet = new ScriptedFleet(100);
        fleet.upsert("a", "1");
        MemoryReplicaStore store = new MemoryReplicaStore();
        ReplicaFold fold = wholeFold(store, fleet);
        fleet.delete("a");

        // when
        ChangeRecord forgetting = forgettingOf("a", fleet);

        // then
        assertThatThrownBy(() -> fold.take(List.of(forgetting), forgetting.offset() + 1))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("forgotten");
    }

    /** A fold whose store was whole and that begins to catch up. */
    private static ReplicaFold wholeFold(MemoryReplicaStore store, ScriptedFleet fleet) {
        ReplicaFold fold = new ReplicaFold(store);
        List<ChangeRecord> records = fleet.changelog();
        fold.take(records, records.getLast().offset() + 1);
        fold.becomeExact();
        fold.becomeTolerant();
        return fold;
    }

    private static ChangeRecord forgettingOf(String name, ScriptedFleet fleet) {
        fleet.upsert("later", "1");
        fleet.command(new Statement.AdvanceHorizon(fleet.state.revision(), 0));
        fleet.finishJobs();
        return fleet.changelog().stream()
                .filter(record -> record.change() == null && record.key().equals(ScriptedFleet.key(name)))
                .findFirst()
                .orElseThrow();
    }

    private static ScriptedFleet randomFleet(Random random, int events) {
        ScriptedFleet fleet = new ScriptedFleet(3 + random.nextInt(5));
        for (int i = 0; i < events; i++) {
            String name = "k" + random.nextInt(10);
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> fleet.upsert(name, "v" + random.nextInt(3));
                case 4, 5 -> fleet.delete(name);
                case 6 -> fleet.say(new Statement.Frame(null, null, List.of()));
                case 7 -> fleet.command(new Statement.AskDigest());
                case 8 -> fleet.finishJobs();
                default -> fleet.command(new Statement.AdvanceHorizon(1 + random.nextLong(fleet.state.revision()), 0));
            }
        }
        fleet.finishJobs();
        fleet.command(new Statement.AskDigest());
        return fleet;
    }

    private static List<AppliedBatch> feedInPieces(ReplicaFold fold, List<ChangeRecord> records, Random random) {
        List<AppliedBatch> applied = new ArrayList<>();
        int at = 0;
        while (at < records.size()) {
            int to = Math.min(records.size(), at + 1 + random.nextInt(9));
            applied.addAll(
                    fold.take(records.subList(at, to), records.get(to - 1).offset() + 1));
            at = to;
        }
        return applied;
    }

    private static Map<ResourceKey, Entry> held(ReplicaStore store) {
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            return held(snapshot.range(null, null));
        }
    }

    private static Map<ResourceKey, Entry> held(Entries entries) {
        return held(entries.range(null, null));
    }

    private static Map<ResourceKey, Entry> held(Entries.Cursor cursor) {
        Map<ResourceKey, Entry> held = new TreeMap<>();
        cursor.forEachRemaining(entry -> held.put(entry.key(), entry));
        held.values().removeIf(entry -> entry.kind() == Kind.DIGEST);
        return held;
    }
}
