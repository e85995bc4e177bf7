package io.meshlog.publisher.source.etcd;

import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.value.Forms;
import io.meshlog.events.etcd.value.InvalidValueException;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.schemas.etcd.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether an etcd holds all of its cluster yet. A clustermesh-apiserver begins with an empty etcd each time it starts, and
 * says by keys under {@code cilium/synced} which kinds are complete; until they are there, what is missing may just not be
 * written yet. A cluster whose configuration does not promise these keys counts as complete with its configuration.
 */
final class Fill {
    static final String SYNCED = "cilium/synced/";

    private final String cluster;

    Fill(String cluster) {
        this.cluster = cluster;
    }

    KeyRange range() {
        return KeyRange.prefix(SYNCED + cluster + "/");
    }

    /** What keeps a list of all keys from being complete, in words; empty where nothing does. */
    String missing(Iterable<KeyValue> all) {
        ClusterConfig config = null;
        Set<String> marks = new TreeSet<>();
        String configKey = ClusterKeys.CONFIG + cluster;
        for (KeyValue each : all) {
            String key = KeyRange.text(each.getKey());
            if (key.equals(configKey)) {
                try {
                    config = (ClusterConfig) Forms.CLUSTER_CONFIG.decode(
                            cluster, cluster, each.getValue().toByteArray());
                } catch (InvalidValueException wrong) {
                    return "%s: %s".formatted(key, wrong.getMessage());
                }
            } else if (key.startsWith(SYNCED)) {
                marks.add(key);
            }
        }
        if (config == null) {
            return configKey + " is not there yet";
        }
        if (config.cached()) {
            return configKey + " is a copy that kvstoremesh made; the cluster's own etcd is to be read";
        }
        List<String> awaited = config.syncedCanaries() ? kinds(config) : List.of();
        return awaited.stream()
                .map(kind -> SYNCED + cluster + "/cilium/state/" + kind + "/v1")
                .filter(mark -> !marks.contains(mark))
                .findFirst()
                .map(mark -> mark + " is not there yet")
                .orElse("");
    }

    /** The kinds that a cluster of these capabilities says to be complete. */
    private static List<String> kinds(ClusterConfig config) {
        List<String> kinds = new ArrayList<>(List.of("nodes", "services", "identities", "ip"));
        if (Boolean.TRUE.equals(config.serviceExportsEnabled())) {
            kinds.add("serviceexports");
        }
        if (config.endpointSlicesExportMode() != null) {
            kinds.add("endpointslices");
        }
        return kinds;
    }
}
