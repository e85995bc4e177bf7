package io.meshlog.meshapi.etcd;

import static io.meshlog.meshapi.etcd.TestEtcd.bytes;
import static io.meshlog.meshapi.etcd.TestEtcd.prefix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.stub.MetadataUtils;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.meshapi.grpc.TestReplica;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeRequest.SortOrder;
import io.meshlog.schemas.etcd.RangeRequest.SortTarget;
import io.meshlog.schemas.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RangeTest {
    private static final ClusterConfig CONFIG =
            new ClusterConfig("eastus", 1, true, false, 255, true, "services-and-endpointslices");

    private TestEtcd etcd;

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private static List<String> keys(RangeResponse response) {
        return response.getKvsList().stream()
                .map(each -> each.getKey().toStringUtf8())
                .toList();
    }

    @Test
    void aServiceIsSeenUnderBothVariants_withItsRevisions() {
        // given
        etcd.replica.put(CONFIG);
        etcd.replica.put(TestReplica.service("shop", "web", Map.of()));
        long revision = etcd.replica.revision();

        // when
        RangeResponse all = etcd.kv.range(prefix("cilium/").build());

        // then
        assertThat(keys(all))
                .containsExactly(
                        "cilium/.heartbeat",
                        "cilium/cache/services/v1/eastus/shop/web",
                        "cilium/cluster-config/eastus",
                        "cilium/state/services/v1/eastus/shop/web");
        assertThat(all.getCount()).isEqualTo(4);
        assertThat(all.getKvs(2).getValue().toStringUtf8())
                .isEqualTo(
                        "{\"id\":1,\"capabilities\":{\"syncedCanaries\":true,\"maxConnectedClusters\":255,"
                                + "\"serviceExportsEnabled\":true,\"endpointSlicesExportMode\":\"services-and-endpointslices\"}}");
        assertThat(all.getHeader().getRevision()).isEqualTo(revision);
        assertThat(all.getHeader().getClusterId()).isNotZero();
        KeyValue service = all.getKvs(3);
        assertThat(service.getModRevision()).isEqualTo(revision);
        assertThat(service.getCreateRevision()).isEqualTo(revision);
        assertThat(service.getVersion()).isEqualTo(1);
        assertThat(service.getValue().toStringUtf8())
                .startsWith("{\"cluster\":\"eastus\",\"namespace\":\"shop\",\"name\":\"web\"");
    }

    @Test
    void aPageThatManyRead_isTheSameForAll_andAnotherOneAfterAChange() {
        // given
        for (int i = 100; i < 150; i++) {
            etcd.replica.put(TestReplica.service("shop", "s" + i, Map.of()));
        }
        RangeRequest page = prefix("cilium/state/services/").setLimit(40).build();
        RangeResponse first = etcd.kv.range(page);
        assertThat(first.getKvsCount()).isEqualTo(40);

        // when
        RangeResponse again = etcd.kv.range(page);
        RangeResponse keysOnly =
                etcd.kv.range(page.toBuilder().setKeysOnly(true).build());
        RangeResponse shorter = etcd.kv.range(page.toBuilder().setLimit(35).build());
        etcd.replica.put(TestReplica.service("shop", "s100", Map.of("now", "other")));
        RangeResponse changed = etcd.kv.range(page);

        // then
        assertThat(again).isEqualTo(first);
        assertThat(keys(keysOnly)).isEqualTo(keys(first));
        assertThat(keysOnly.getKvsList()).allMatch(each -> each.getValue().isEmpty());
        assertThat(shorter.getKvsCount()).isEqualTo(35);
        assertThat(changed.getCount()).isEqualTo(first.getCount());
        assertThat(changed.getKvs(0).getModRevision())
                .isGreaterThan(first.getKvs(0).getModRevision());
    }

    @Test
    void pagesAreOfOneRevision_andTheirCountsAreRight() {
        // given
        for (int i = 0; i < 10; i++) {
            etcd.replica.put(TestReplica.service("shop", "s" + i, Map.of()));
        }
        long revision = etcd.replica.revision();
        List<String> seen = new ArrayList<>();
        ByteString start = bytes("cilium/state/services/v1/eastus/");
        boolean more = true;

        // when
        for (int left = 10; more; left -= 4) {
            RangeResponse page = etcd.kv.range(RangeRequest.newBuilder()
                    .setKey(start)
                    .setRangeEnd(bytes("cilium/state/services/v1/eastus0"))
                    .setLimit(4)
                    .setRevision(seen.isEmpty() ? 0 : revision)
                    .setSerializable(true)
                    .build());
            assertThat(page.getCount()).isEqualTo(left);
            seen.addAll(keys(page));
            more = page.getMore();
            start = page.getKvs(page.getKvsCount() - 1).getKey().concat(bytes("\0"));
            // the fleet goes on meanwhile
            etcd.replica.put(TestReplica.service("shop", "new-" + left, Map.of()));
            etcd.replica.put(TestReplica.service("shop", "s9", Map.of("now", "other")));
        }

        // then
        assertThat(seen).hasSize(10).isSorted().allMatch(key -> !key.contains("new-"));
        assertThat(etcd.kv
                        .range(prefix("cilium/state/services/")
                                .setCountOnly(true)
                                .build())
                        .getCount())
                .isEqualTo(13);
    }

    @Test
    void thePastIsReadAsItWas_deletesIncluded() {
        // given
        var web = etcd.replica.put(TestReplica.service("shop", "web", Map.of()));
        long before = etcd.replica.revision();
        etcd.replica.delete(web);
        etcd.replica.put(TestReplica.service("shop", "api", Map.of()));
        RangeRequest.Builder services = prefix("cilium/state/services/");

        // then
        assertThat(keys(etcd.kv.range(services.setRevision(before).build())))
                .containsExactly("cilium/state/services/v1/eastus/shop/web");
        assertThat(keys(etcd.kv.range(services.setRevision(before + 1).build())))
                .isEmpty();
        assertThat(keys(etcd.kv.range(services.setRevision(0).build())))
                .containsExactly("cilium/state/services/v1/eastus/shop/api");
        assertThatThrownBy(
                        () -> etcd.kv.range(services.setRevision(before + 100).build()))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
        // what was written before the replica's memory begins cannot be taken back
        assertThatThrownBy(() -> etcd.kv.range(services.setRevision(1).build()))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
    }

    @Test
    void unknownKeysAreTheOwnClusters_inOrderAmongTheOthers() {
        // given
        etcd.replica.put(TestReplica.opaque("a"));
        etcd.replica.put(TestReplica.opaque("cilium/something/else"));
        etcd.replica.put(TestReplica.opaque("zz"));
        etcd.replica.put(TestReplica.service("shop", "web", Map.of()));

        // when
        RangeResponse all = etcd.kv.range(RangeRequest.newBuilder()
                .setKey(bytes("\0"))
                .setRangeEnd(bytes("\0"))
                .setSerializable(true)
                .build());

        // then
        assertThat(keys(all))
                .containsExactly(
                        "a",
                        "cilium/.heartbeat",
                        "cilium/cache/services/v1/eastus/shop/web",
                        "cilium/something/else",
                        "cilium/state/services/v1/eastus/shop/web",
                        "zz");
        assertThat(etcd.kv
                        .range(RangeRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setSerializable(true)
                                .build())
                        .getKvs(0)
                        .getValue()
                        .toStringUtf8())
                .isEqualTo("value of a");
    }

    @Test
    void whoseStateIsSeen_decidesWhereReadersLook() {
        // given
        KVGrpc.KVBlockingStub edge = KVGrpc.newBlockingStub(etcd.operators)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(TestEtcd.speakingFor("edge")));
        etcd.replica.put(CONFIG);
        etcd.replica.put(TestReplica.service("shop", "web", Map.of()));
        etcd.replica.put(TestReplica.opaque("cilium/synced/eastus/cilium/state/nodes/v1"));
        etcd.replica.put(TestReplica.opaque("own"));

        // then
        assertThat(keys(edge.range(prefix("cilium/").build())))
                .containsExactly(
                        "cilium/.heartbeat",
                        "cilium/cache/services/v1/eastus/shop/web",
                        "cilium/cluster-config/eastus",
                        "cilium/synced/eastus/cilium/cache/nodes/v1");
        assertThat(edge.range(prefix("cilium/cluster-config/eastus").build())
                        .getKvs(0)
                        .getValue()
                        .toStringUtf8())
                .isEqualTo(
                        "{\"id\":1,\"capabilities\":{\"syncedCanaries\":true,\"cached\":true,\"maxConnectedClusters\":255,"
                                + "\"serviceExportsEnabled\":true,\"endpointSlicesExportMode\":\"services-and-endpointslices\"}}");
        assertThat(keys(edge.range(RangeRequest.newBuilder()
                        .setKey(bytes("cilium/cluster-config/eastus"))
                        .setSerializable(true)
                        .build())))
                .hasSize(1);
        assertThat(keys(edge.range(prefix("own").build()))).isEmpty();
    }

    @Test
    void sortsFiltersAndLimits_areEtcds() {
        // given
        for (String name : List.of("c", "a", "b")) {
            etcd.replica.put(TestReplica.opaque("k/" + name));
        }
        long last = etcd.replica.revision();

        // then
        RangeResponse newest = etcd.kv.range(prefix("k/")
                .setSortOrder(SortOrder.DESCEND)
                .setSortTarget(SortTarget.MOD)
                .setLimit(2)
                .build());
        assertThat(keys(newest)).containsExactly("k/b", "k/a");
        assertThat(newest.getMore()).isTrue();
        assertThat(newest.getCount()).isEqualTo(3);
        assertThat(keys(etcd.kv.range(
                        prefix("k/").setMinModRevision(last).setKeysOnly(true).build())))
                .containsExactly("k/b");
        assertThat(keys(etcd.kv.range(
                        prefix("k/").setSortTarget(SortTarget.CREATE).build())))
                .containsExactly("k/c", "k/a", "k/b");
        assertThatThrownBy(() -> etcd.kv.range(RangeRequest.getDefaultInstance()))
                .hasMessage("INVALID_ARGUMENT: etcdserver: key is not provided");
    }

    @Test
    void withoutTheLog_aLinearizableReadGetsWhatIsHeld_andIsCounted() {
        // given
        Thread.ofVirtual().start(() -> {
            while (true) {
                synchronized (etcd.replica.feed.waits) {
                    if (!etcd.replica.feed.waits.isEmpty()) {
                        etcd.replica
                                .feed
                                .waits
                                .removeFirst()
                                .completeExceptionally(new java.util.concurrent.TimeoutException());
                        return;
                    }
                }
                Thread.onSpinWait();
            }
        });

        // when
        RangeResponse held =
                etcd.kv.range(prefix("cilium/.h").setSerializable(false).build());

        // then
        assertThat(keys(held)).containsExactly("cilium/.heartbeat");
        assertThat(etcd.services.staleReads()).isEqualTo(1);
    }
}
