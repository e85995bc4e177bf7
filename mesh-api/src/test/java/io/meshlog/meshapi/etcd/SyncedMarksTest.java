package io.meshlog.meshapi.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.schemas.etcd.KeyValue;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SyncedMarksTest {
    private TestEtcd etcd;

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    @ParameterizedTest
    @CsvSource({"true,services-and-endpointslices", "false,services-and-endpointslices", "true,"})
    void everyKindIsMarked_alsoServiceExportsWhereTheyAreOff(boolean serviceExports, String mode) {
        say(serviceExports, mode, true);

        assertThat(marked())
                .containsExactly("endpointslices", "identities", "ip", "nodes", "serviceexports", "services");
    }

    @Test
    void servicesAreNotMarked_whereOnlyTheirSlicesAreSaid() {
        say(true, "endpointslices-only", true);

        assertThat(marked()).containsExactly("endpointslices", "identities", "ip", "nodes", "serviceexports");
    }

    @ParameterizedTest
    @ValueSource(strings = {"services-and-endpointslices", "endpointslices-only"})
    void nothingIsMarked_beforeTheSnapshotIsComplete(String mode) {
        say(true, mode, false);

        assertThat(marked()).isEmpty();
    }

    private void say(boolean serviceExports, String mode, boolean complete) {
        etcd.replica.put(new ClusterConfig("eastus", 1, true, false, 255, serviceExports, mode));
        etcd.replica.put(
                ResourceKey.session("eastus", "publisher"),
                new Session("publisher", "eastus", "p", new UUID(1, 1), 1, 1, 1, null, complete, null));
    }

    private List<String> marked() {
        etcd.services.look();
        return etcd
                .kv
                .range(TestEtcd.prefix("cilium/synced/eastus/cilium/state/").build())
                .getKvsList()
                .stream()
                .map(KeyValue::getKey)
                .map(key -> key.toStringUtf8().split("/", -1)[5])
                .toList();
    }
}
