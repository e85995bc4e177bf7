package io.meshlog.events.model;

import org.jspecify.annotations.Nullable;

/**
 * What a cluster tells others about itself, with every field of Cilium's cluster config.
 *
 * @param id the Cilium cluster id, the one it was admitted with
 * @param syncedCanaries whether keys under {@code cilium/synced} tell when its snapshot is complete
 * @param cached whether its keys stand under {@code cilium/cache}
 * @param maxConnectedClusters 255 or 511; 0 where the writer left it out
 * @param serviceExportsEnabled null where it is not known
 * @param endpointSlicesExportMode for example {@code services-and-endpointslices}; null where it is not said
 */
public record ClusterConfig(
        String cluster,
        int id,
        boolean syncedCanaries,
        boolean cached,
        int maxConnectedClusters,
        @Nullable Boolean serviceExportsEnabled,
        @Nullable String endpointSlicesExportMode)
        implements Declared {
    @Override
    public Kind kind() {
        return Kind.CLUSTER_CONFIG;
    }

    @Override
    public String keyName() {
        return cluster;
    }
}
