package io.meshlog.publisher.source.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.source.ResourceChange;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterKeysTest {
    private static final String CONFIG = "{\"id\":1,\"capabilities\":{\"syncedCanaries\":true}}";
    private static final String IDENTITY = "cilium/state/identities/v1/id/65537";
    private static final String LABELS = "k8s:app=web;";

    private final ClusterKeys keys = new ClusterKeys("eastus", 1);

    @Test
    void everyValueIsReadBackByteForByte_alsoWhatNoTypeGivesBack() {
        // given
        String odd = "{\"id\":1, \"capabilities\":{}, \"news\":true}";
        Map<String, String> written = Map.of(
                "cilium/cluster-config/eastus",
                odd,
                IDENTITY,
                LABELS,
                "cilium/state/ip/v1/default/10.0.0.1",
                "{\"IP\":\"10.0.0.1\",\"ID\":65537}",
                "cilium/state/rumours/v1/one",
                "of a kind that is not known");

        // when
        Map<ResourceKey, Value> declared = keys.replace(written.entrySet().stream()
                .map(entry -> at(entry.getKey(), entry.getValue()))
                .toList());

        // then
        assertThat(keys.refused()).isEmpty();
        assertThat(declared).hasSize(written.size());
        written.forEach((key, value) -> {
            var place = Layout.owner(key, new View("eastus"));
            assertThat(place).isNotNull();
            assertThat(place.bytesOf(declared.get(place.resource())))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(value);
        });
    }

    @Test
    void anotherClustersKeyIsRefusedInWords_untilItIsGone() {
        // given
        String foreign = "cilium/state/nodes/v1/westus/n1";

        // when
        var declared = keys.replace(List.of(at(foreign, "{}"), at(IDENTITY, LABELS)));

        // then
        assertThat(declared).hasSize(1);
        assertThat(keys.refused()).containsExactly(foreign + ": is cluster westus's; this publisher speaks for eastus");
        assertThat(keys.apply(List.of(deleted(foreign)))).isEmpty();
        assertThat(keys.refused()).isEmpty();
    }

    @Test
    void aValueThatCannotBeRead_leavesWhatItSaidBefore_inAWatchAndInAList() {
        // given
        String node = "cilium/state/nodes/v1/eastus/n1";
        ResourceKey resource = new ResourceKey("eastus/nodes/n1");
        Value before = keys.replace(List.of(at(node, "{\"Name\":\"n1\",\"Cluster\":\"eastus\"}")))
                .get(resource);
        assertThat(before).isNotNull();

        // when
        List<ResourceChange> changes = keys.apply(List.of(put(node, "nonsense")));

        // then
        assertThat(changes).isEmpty();
        assertThat(keys.refused()).hasSize(1).first().asString().startsWith(node + ": ");
        assertThat(keys.replace(List.of(at(node, "nonsense")))).containsExactly(Map.entry(resource, before));
        assertThat(keys.apply(List.of(deleted(node)))).containsExactly(new ResourceChange(resource, null));
    }

    @Test
    void ofManyEventsOfOneKeyTheLastCounts() {
        List<ResourceChange> changes = keys.apply(
                List.of(put(IDENTITY, LABELS), deleted(IDENTITY), put(IDENTITY, "k8s:app=db;"), deleted(IDENTITY)));

        assertThat(changes).containsExactly(new ResourceChange(new ResourceKey("eastus/identities/65537"), null));
    }

    @Test
    void theClustersIdHasToBeTheConfiguredOne_andAValueOfTheNameItsKeySays() {
        // when
        keys.replace(List.of(
                at("cilium/cluster-config/eastus", CONFIG.replace("1", "7")),
                at("cilium/state/nodes/v1/eastus/n1", "{\"Name\":\"n2\",\"Cluster\":\"eastus\"}")));

        // then
        assertThat(keys.refused())
                .containsExactly(
                        "cilium/cluster-config/eastus: says cluster id 7, this publisher is configured with 1",
                        "cilium/state/nodes/v1/eastus/n1: holds what says of itself that it is eastus/nodes/n2");
    }

    @Test
    void anEtcdIsFilled_whenTheKindsItsConfigurationPromisesAreMarked() {
        // given
        Fill fill = new Fill("eastus");
        KeyValue config = at("cilium/cluster-config/eastus", CONFIG);
        List<KeyValue> marks = List.of("identities", "ip", "nodes", "services").stream()
                .map(kind -> at("cilium/synced/eastus/cilium/state/" + kind + "/v1", "now"))
                .toList();

        // then
        assertThat(fill.missing(List.of())).isEqualTo("cilium/cluster-config/eastus is not there yet");
        assertThat(fill.missing(List.of(config))).contains("cilium/synced/eastus/cilium/state/nodes/v1 is not there");
        assertThat(fill.missing(with(config, marks))).isEmpty();
        KeyValue more = at(
                "cilium/cluster-config/eastus",
                "{\"id\":1,\"capabilities\":{\"syncedCanaries\":true,\"serviceExportsEnabled\":false,"
                        + "\"endpointSlicesExportMode\":\"services-and-endpointslices\"}}");
        assertThat(fill.missing(with(more, marks))).contains("endpointslices/v1 is not there");
        KeyValue unpromised = at("cilium/cluster-config/eastus", "{\"id\":1,\"capabilities\":{}}");
        assertThat(fill.missing(List.of(unpromised))).isEmpty();
        KeyValue copy = at("cilium/cluster-config/eastus", "{\"id\":1,\"capabilities\":{\"cached\":true}}");
        assertThat(fill.missing(List.of(copy))).contains("kvstoremesh");
    }

    private static List<KeyValue> with(KeyValue one, List<KeyValue> more) {
        List<KeyValue> all = new java.util.ArrayList<>(more);
        all.add(one);
        return all;
    }

    private static KeyValue at(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    private static Event put(String key, String value) {
        return Event.newBuilder().setKv(at(key, value)).build();
    }

    private static Event deleted(String key) {
        return Event.newBuilder()
                .setType(Event.EventType.DELETE)
                .setKv(KeyValue.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }
}
