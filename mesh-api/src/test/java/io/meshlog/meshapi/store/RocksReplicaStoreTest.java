package io.meshlog.meshapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ScriptedFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class RocksReplicaStoreTest extends ReplicaStoreContract {
    @TempDir
    Path folder;

    @Override
    ReplicaStore open() {
        return new RocksReplicaStore(folder.resolve("store"), RocksReplicaStore.Scrub.VALUES);
    }

    @Test
    void everythingIsThereAfterAReopening() {
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        fleet.delete("b");
        catchUp(0);
        StorePosition position = store.position();
        store.close();

        store = open();

        assertThat(store.position()).isEqualTo(position);
        assertHolds(
                store,
                Map.of(
                        ScriptedFleet.key("a"), fleet.entries.get(ScriptedFleet.key("a")),
                        ScriptedFleet.key("b"), fleet.entries.get(ScriptedFleet.key("b"))));
    }

    @Test
    void aStoreThatLostAKeyDoesNotOpenAndIsBuiltAnew() throws RocksDBException {
        fleet.upsert("a", "1");
        fleet.upsert("b", "1");
        catchUp(0);
        store.close();
        try (RocksFolder rocks = new RocksFolder(folder.resolve("store"))) {
            rocks.db.delete(rocks.entries, ScriptedFleet.key("a").toBytes());
        }

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining(folder.toString());
        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
        assertThat(store.position()).isEqualTo(StorePosition.EMPTY);
    }

    @Test
    void aValueThatNobodyDecidedIsFoundOut() throws RocksDBException {
        fleet.upsert("a", "1");
        catchUp(0);
        store.close();
        try (RocksFolder rocks = new RocksFolder(folder.resolve("store"))) {
            byte[] bytes = rocks.db.get(rocks.entries, ScriptedFleet.key("a").toBytes());
            bytes[bytes.length - 8] ^= 1;
            rocks.db.put(rocks.entries, ScriptedFleet.key("a").toBytes(), bytes);
        }

        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nobody decided")
                .hasMessageContaining("eastus/opaque/a");
        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
    }

    @Override
    ReplicaStore reopened(ReplicaStore held) {
        held.close();
        return open();
    }

    @Test
    void aStoreThatIsOpenIsNotOpenedAgainAndNotDiscarded() {
        fleet.upsert("a", "1");
        catchUp(0);
        StorePosition position = store.position();

        assertThatThrownBy(() -> RocksReplicaStore.openOrDiscard(folder.resolve("store")))
                .isInstanceOf(StoreInUseException.class);

        store.close();
        store = open();
        assertThat(store.position()).isEqualTo(position);
    }

    @Test
    void aLostSessionIsNoticedThoughNoDigestCoversIt() throws RocksDBException {
        fleet.upsert("a", "1");
        catchUp(0);
        store.close();
        try (RocksFolder rocks = new RocksFolder(folder.resolve("store"))) {
            rocks.db.delete(
                    rocks.entries, ResourceKey.session("eastus", "publisher").toBytes());
        }

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("does not add up");
        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
    }

    @Test
    void anIndexThatPointsElsewhereIsFoundOut() throws RocksDBException {
        fleet.upsert("a", "1");
        catchUp(0);
        long revision = store.position().revision();
        store.close();
        try (RocksFolder rocks = new RocksFolder(folder.resolve("store"))) {
            rocks.db.delete(rocks.revisions, StoreCodec.indexKey(revision, ScriptedFleet.key("a")));
            rocks.db.put(rocks.revisions, StoreCodec.indexKey(revision, ScriptedFleet.key("b")), new byte[0]);
        }

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("index of revisions");
        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
    }

    @Test
    void aStoreOfAnotherFormatIsBuiltAnew() throws RocksDBException {
        fleet.upsert("a", "1");
        catchUp(0);
        store.close();
        try (RocksFolder rocks = new RocksFolder(folder.resolve("store"))) {
            byte[] position = rocks.db.get(rocks.position, RocksFolder.POSITION);
            position[0]++;
            rocks.db.put(rocks.position, RocksFolder.POSITION, position);
        }

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("format 2");
        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
        assertThat(store.position()).isEqualTo(StorePosition.EMPTY);
    }

    @Test
    void aLostFileIsNoReasonNotToStart() throws IOException {
        fleet.upsert("a", "1");
        catchUp(0);
        store.close();
        try (Stream<Path> files = Files.list(folder.resolve("store"))) {
            Files.delete(files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow());
        }

        store = RocksReplicaStore.openOrDiscard(folder.resolve("store"));
        assertThat(store.position()).isEqualTo(StorePosition.EMPTY);
    }
}
