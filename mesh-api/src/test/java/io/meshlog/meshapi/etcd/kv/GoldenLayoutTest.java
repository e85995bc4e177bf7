package io.meshlog.meshapi.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Value;
import io.meshlog.meshapi.etcd.Golden;
import io.meshlog.meshapi.etcd.Golden.Recorded;
import io.meshlog.meshapi.store.MemoryReplicaStore;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Cilium's programs wrote goes in as resources and comes out as it was. */
final class GoldenLayoutTest {
    private final ValueCodec codec = new ValueCodec();

    @ParameterizedTest
    @CsvSource({"etcd1.start.jsonl,cluster1,30", "etcd2.start.jsonl,cluster2,30", "etcd1.after.jsonl,cluster1,25"})
    void everyRecordedKey_isItsResources(String file, String cluster, int atLeast) throws Exception {
        // given
        View view = new View(cluster);
        List<Recorded> recorded = Golden.read(file);
        assertThat(recorded).hasSizeGreaterThan(atLeast);
        MemoryReplicaStore store = new MemoryReplicaStore();
        long revision = 0;

        for (Recorded one : recorded) {
            if (isDerived(one.key())) {
                continue;
            }
            // when
            KeyPlace place = Layout.owner(one.key(), view);
            Value value = place.valueOf(one.value());
            Value stored = codec.decode(codec.encode(value));

            // then
            assertThat(place.bytesOf(stored)).as(one.key()).isEqualTo(one.value());
            byte[] encoded = place.form().encode(stored.resource());
            if (one.encoding().equals("zstd+protobuf")) {
                assertThat(place.valueOf(encoded)).as(one.key()).isEqualTo(Value.of(stored.resource()));
                assertThat(unpack(encoded)).as(one.key()).isEqualTo(unpack(one.value()));
            } else {
                assertThat(encoded).as(one.key()).isEqualTo(one.value());
                assertThat(value.exact()).as(one.key()).isNull();
            }
            assertThat(Layout.keysOf(place.resource(), view))
                    .as(one.key())
                    .extracting(KeyPlace::key)
                    .contains(one.key());
            boolean typed = one.key()
                    .matches(
                            "cilium/((state|cache)/(nodes|identities|ip|services|endpointslices|serviceexports)|cluster-config)/.*");
            assertThat(place.kind() != Kind.OPAQUE).as(one.key()).isEqualTo(typed);
            put(store, place, value, ++revision);
        }

        // and in the order of keys, each once
        List<String> expected = recorded.stream()
                .map(Recorded::key)
                .filter(key -> !isDerived(key))
                .sorted()
                .toList();
        String variant = cluster.equals("cluster1") ? "cilium/cache/" : "cilium/state/";
        assertThat(scan(store, view, new KeyRange("\0", null)))
                .filteredOn(key -> !key.startsWith(variant))
                .containsExactlyElementsOf(expected);
    }

    private static byte[] unpack(byte[] frame) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(frame))) {
            return in.readAllBytes();
        }
    }

    /** What is not written but follows from other things. */
    private static boolean isDerived(String key) {
        return key.equals(Layout.HEARTBEAT);
    }

    private void put(MemoryReplicaStore store, KeyPlace place, Value value, long revision) {
        Entry entry = new Entry(
                place.resource(),
                place.kind(),
                revision,
                revision,
                1,
                Origin.ETCD,
                0,
                revision,
                Hash128.ZERO,
                codec.encode(value));
        StorePosition position = new StorePosition(new UUID(1, 2), revision, revision, revision, 0);
        store.apply(new StoreBatch(List.of(entry), List.of(), position));
    }

    static List<String> scan(MemoryReplicaStore store, View view, KeyRange range) {
        List<String> keys = new ArrayList<>();
        try (ReplicaSnapshot snapshot = store.snapshot();
                ViewScan scan = new ViewScan(snapshot, range, view)) {
            scan.forEachRemaining(found -> keys.add(found.place().key()));
        }
        return keys;
    }
}
