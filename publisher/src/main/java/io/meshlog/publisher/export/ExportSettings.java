package io.meshlog.publisher.export;

/**
 * What the rules depend on beside the objects themselves.
 *
 * @param cluster the cluster's name, part of every key
 * @param clusterId the Cilium cluster id, 1 to 511
 * @param defaultGlobalNamespace whether a namespace without the annotation takes part in the mesh
 * @param endpointSource which of the two kinds that tell of pods is believed; the other one is not looked at
 */
public record ExportSettings(
        String cluster, int clusterId, boolean defaultGlobalNamespace, EndpointSource endpointSource) {
    private static final int MAX_CLUSTER_ID = 511;

    /** Where endpoints come from; they are told twice where a cluster has both kinds. */
    public enum EndpointSource {
        CILIUM_ENDPOINT,
        CILIUM_ENDPOINT_SLICE
    }

    public ExportSettings {
        if (cluster.isEmpty()) {
            throw new IllegalArgumentException("cluster.name: is empty");
        }
        if (clusterId < 1 || clusterId > MAX_CLUSTER_ID) {
            throw new IllegalArgumentException("cluster.id: %d is not within 1 and 511".formatted(clusterId));
        }
    }

    /** Cilium's own defaults: every namespace takes part, endpoints come from CiliumEndpoint. */
    public static ExportSettings ofCluster(String cluster, int clusterId) {
        return new ExportSettings(cluster, clusterId, true, EndpointSource.CILIUM_ENDPOINT);
    }
}
