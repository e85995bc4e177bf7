package io.meshlog.publisher.export;

import io.meshlog.events.model.ClusterConfig;

/**
 * What the rules depend on beside the objects themselves.
 *
 * @param cluster the cluster's name, part of every key
 * @param clusterId the Cilium cluster id, 1 to 511
 * @param defaultGlobalNamespace whether a namespace without the annotation takes part in the mesh
 * @param maxConnectedClusters 255 or 511, the same in the whole fleet: it says which identities are a cluster's
 * @param endpointSource which of the two kinds that tell of pods is believed; the other one is not looked at
 */
public record ExportSettings(
        String cluster,
        int clusterId,
        boolean defaultGlobalNamespace,
        EndpointSource endpointSource,
        int maxConnectedClusters) {
    private static final int MAX_CLUSTER_ID = 511;
    private static final int FEWER_CLUSTERS = 255;

    /** Where endpoints come from; they are told twice where a cluster has both kinds. */
    public enum EndpointSource {
        CILIUM_ENDPOINT,
        CILIUM_ENDPOINT_SLICE
    }

    public ExportSettings {
        if (cluster.isEmpty()) {
            throw new IllegalArgumentException("cluster.name: is empty");
        }
        if (maxConnectedClusters != FEWER_CLUSTERS && maxConnectedClusters != MAX_CLUSTER_ID) {
            throw new IllegalArgumentException(
                    "export.maxConnectedClusters: %d is neither 255 nor 511".formatted(maxConnectedClusters));
        }
        if (clusterId < 1 || clusterId > MAX_CLUSTER_ID) {
            throw new IllegalArgumentException("cluster.id: %d is not within 1 and 511".formatted(clusterId));
        }
    }

    /**
     * What the cluster tells others of itself: what clustermesh-apiserver 1.20 says with service exports on. The fold says
     * when a snapshot is complete, so canaries are always synced.
     */
    ClusterConfig clusterConfig() {
        return new ClusterConfig(
                cluster, clusterId, true, false, maxConnectedClusters, true, "services-and-endpointslices");
    }

    /** With Cilium's default of 255 clusters at the most. */
    public ExportSettings(
            String cluster, int clusterId, boolean defaultGlobalNamespace, EndpointSource endpointSource) {
        this(cluster, clusterId, defaultGlobalNamespace, endpointSource, FEWER_CLUSTERS);
    }

    /** Cilium's own defaults: every namespace takes part, endpoints come from CiliumEndpoint. */
    public static ExportSettings ofCluster(String cluster, int clusterId) {
        return new ExportSettings(cluster, clusterId, true, EndpointSource.CILIUM_ENDPOINT);
    }
}
