package io.meshlog.meshapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ScriptedFleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
