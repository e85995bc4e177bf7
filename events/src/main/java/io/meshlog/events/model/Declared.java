package io.meshlog.events.model;

/** A resource that a cluster declares; its key follows from the cluster and the resource alone. */
public sealed interface Declared extends Resource
        permits Node, Identity, Endpoint, Service, EndpointSlice, Opaque, ServiceExport, Policy, ClusterConfig {
    /** The namespace part of the key, the empty string for kinds without one. */
    default String keyNamespace() {
        return "";
    }

    /** The name part of the key. */
    String keyName();

    /** The key the resource has when that cluster declares it. */
    default ResourceKey keyIn(String cluster) {
        return ResourceKey.of(cluster, kind(), keyNamespace(), keyName());
    }
}
