package io.meshlog.publisher.export;

import io.meshlog.events.model.ClusterConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the rules depend on beside the objects themselves.
 *
 * @param cluster the cluster's name, part of every key
 * @param clusterId the Cilium cluster id, 1 to 511
 * @param defaultGlobalNamespace whether a namespace without the annotation takes part in the mesh
 * @param maxConnectedClusters 255 or 511, the same in the whole fleet: it says which identities are a cluster's
 * @param endpointSource which of the two kinds that tell of pods is believed; the other one is not looked at
 * @param mcsApi whether service exports take part in the mesh
 * @param serviceExport which of services and their endpoint slices are said
 */
public record ExportSettings(
        String cluster,
        int clusterId,
        boolean defaultGlobalNamespace,
        EndpointSource endpointSource,
        int maxConnectedClusters,
        boolean mcsApi,
        ServiceExportMode serviceExport) {
    private static final int MAX_CLUSTER_ID = 511;
    private static final int FEWER_CLUSTERS = 255;

    /** Where endpoints come from; they are told twice where a cluster has both kinds. */
    public enum EndpointSource {
        CILIUM_ENDPOINT,
        CILIUM_ENDPOINT_SLICE,
        /** Whichever the source tells of: one that chooses by itself tells of one alone. */
        AS_TOLD
    }

    /** What of a service is said to others: they can be told of its backends in one record, or slice by slice. */
    public enum ServiceExportMode {
        SERVICES_ONLY(null),
        SERVICES_AND_ENDPOINT_SLICES("services-and-endpointslices"),
        ENDPOINT_SLICES_ONLY("endpointslices-only");

        private final @Nullable String capability;

        ServiceExportMode(@Nullable String capability) {
            this.capability = capability;
        }

        boolean services() {
            return this != ENDPOINT_SLICES_ONLY;
        }

        boolean endpointSlices() {
            return this != SERVICES_ONLY;
        }
    }

    public ExportSettings {
        if (cluster.isEmpty()) {
            throw new IllegalArgumentException("cluster.name: is empty");
        }
        if (maxConnectedClusters != FEWER_CLUSTERS && maxConnectedClusters != MAX_CLUSTER_ID) {
            throw new IllegalArgumentException(
                    "export.maxConnectedClusters: %d is neither 255 nor 511".formatted(maxConnectedClusters));
        }
        if (clusterId < 1 || clusterId > maxConnectedClusters) {
            throw new IllegalArgumentException(
                    "cluster.id: %d is not within 1 and %d".formatted(clusterId, maxConnectedClusters));
        }
    }

    /**
     * What the cluster tells others of itself, as clustermesh-apiserver 1.20 does. The fold says when a snapshot is
     * complete, so canaries are always synced.
     */
    ClusterConfig clusterConfig() {
        return new ClusterConfig(
                cluster, clusterId, true, false, maxConnectedClusters, mcsApi, serviceExport.capability);
    }

    /** With service exports, and with services and endpoint slices. */
    public ExportSettings(
            String cluster,
            int clusterId,
            boolean defaultGlobalNamespace,
            EndpointSource endpointSource,
            int maxConnectedClusters) {
        this(
                cluster,
                clusterId,
                defaultGlobalNamespace,
                endpointSource,
                maxConnectedClusters,
                true,
                ServiceExportMode.SERVICES_AND_ENDPOINT_SLICES);
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
