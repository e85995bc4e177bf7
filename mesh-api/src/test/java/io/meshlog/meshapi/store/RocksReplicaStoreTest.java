package io.meshlog.meshapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.meshapi.feed.ScriptedFleet;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

class RocksReplicaStoreTest extends ReplicaStoreContract {
    @TempDir
    Path folder;

    @Override
    ReplicaStore open() {
        return new RocksReplicaStore(folder.resolve("store"));
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
}
