package io.meshlog.cli.mirror;

import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.value.Forms;
import io.meshlog.events.etcd.value.InvalidValueException;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.schemas.etcd.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are mirrored: what {@code kvstoremesh} would have copied, or one cluster's own. Its ranges are written in their
 * order, the marks of completeness after what they promise.
 *
 * @param cluster whose own keys; null for everybody's copies
 */
record MirrorScope(@Nullable String cluster) {
    private static final String CONFIG = "cilium/cluster-config/";
    private static final String SYNCED = "cilium/synced/";
    private static final String HEARTBEAT = "cilium/.heartbeat";

    /** In words, and in the name of what a mirror remembers. */
    String name() {
        return cluster == null ? "cilium/cache" : "cilium/state of " + cluster;
    }

    /** Where a mirror of this scope remembers in the etcd how far it is. */
    String recordKey() {
        return cluster == null ? "meshlog/mirror/cache" : "meshlog/mirror/state/" + cluster;
    }

    List<KeyRange> ranges() {
        return cluster == null
                ? List.of(
                        KeyRange.prefix("cilium/cache/"),
                        KeyRange.prefix(CONFIG),
                        KeyRange.prefix(SYNCED),
                        single(HEARTBEAT))
                : List.of(
                        KeyRange.prefix("cilium/state/"),
                        single(CONFIG + cluster),
                        KeyRange.prefix(SYNCED + cluster + "/"),
                        single(HEARTBEAT));
    }

    private static KeyRange single(String key) {
        return new KeyRange(key, key + "\0");
    }

    /**
     * Whether a key belongs to it. Among everybody's copies a server may show one cluster as its own etcd would: what sends
     * readers to that cluster's {@code cilium/state} must not go into an etcd that has none.
     */
    boolean holds(KeyValue at) {
        String key = KeyRange.text(at.getKey());
        if (cluster != null) {
            return true;
        }
        if (key.startsWith(CONFIG)) {
            return isCopy(key.substring(CONFIG.length()), at.getValue().toByteArray());
        }
        return !key.startsWith(SYNCED) || !key.contains("/cilium/state/");
    }

    /** Whether a cluster's configuration says that its keys are under {@code cilium/cache}. */
    static boolean isCopy(String cluster, byte[] config) {
        try {
            return ((ClusterConfig) Forms.CLUSTER_CONFIG.decode(cluster, cluster, config)).cached();
        } catch (InvalidValueException unknown) {
            return false;
        }
    }
}
