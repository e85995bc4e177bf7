package io.meshlog.projector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store in RocksDB against a sorted map. */
final class StoreEntriesTest {
    @TempDir
    java.nio.file.Path folder;

    private KeyValueStore<Bytes, byte[]> store;

    @BeforeEach
    void open() {
        store = Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore("entries"), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        var context = new MockProcessorContext<Void, Void>(
                new java.util.Properties(), new org.apache.kafka.streams.processor.TaskId(0, 0), folder.toFile());
        store.init(context.getStateStoreContext(), store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void rangesAreThoseOfASortedMap(long seed) {
        Random random = new Random(seed);
        Entries entries = new StoreEntries(store, EntryCodec::encode, EntryCodec::decode);
        NavigableMap<ResourceKey, Entry> map = new TreeMap<>();
        for (int i = 0; i < 500; i++) {
            Entry entry = entry(key(random), i);
            if (random.nextInt(4) == 0) {
                entries.remove(entry.key());
                map.remove(entry.key());
            } else {
                entries.put(entry);
                map.put(entry.key(), entry);
            }
        }

        for (int i = 0; i < 300; i++) {
            ResourceKey after = random.nextInt(5) == 0 ? null : key(random);
            ResourceKey upTo = random.nextInt(5) == 0 ? null : key(random);
            assertThat(found(entries, after, upTo))
                    .as("seed %d, after %s up to %s", seed, after, upTo)
                    .isEqualTo(expected(map, after, upTo));
            ResourceKey key = key(random);
            assertThat(entries.get(key)).isEqualTo(map.get(key));
        }
    }

    private static List<Entry> found(Entries entries, @Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        List<Entry> found = new ArrayList<>();
        try (Entries.Cursor cursor = entries.range(after, upTo)) {
            cursor.forEachRemaining(found::add);
        }
        return found;
    }

    private static List<Entry> expected(
            NavigableMap<ResourceKey, Entry> map, @Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        if (after != null && upTo != null && after.compareTo(upTo) >= 0) {
            return List.of();
        }
        NavigableMap<ResourceKey, Entry> part = after == null ? map : map.tailMap(after, false);
        return List.copyOf((upTo == null ? part : part.headMap(upTo, true)).values());
    }

    /** Every byte may be in a key; signed order would show. */
    private static ResourceKey key(Random random) {
        char last = (char) random.nextInt(256);
        return new ResourceKey("c%d/opaque/%c".formatted(random.nextInt(3), last));
    }

    private static Entry entry(ResourceKey key, long revision) {
        return new Entry(key, Kind.OPAQUE, revision, revision, 0, Origin.SESSION, 0, revision, Hash128.ZERO, null);
    }
}
