package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.meshlog.publisher.k8s.ObjectKind;

/**
 * How a kind is asked for.
 *
 * @param required whether a cluster without it does not run Cilium, or not yet: nothing is said before it is there
 */
record WatchedKind(ObjectKind kind, String group, String version, String plural, boolean required) {

    static WatchedKind of(ObjectKind kind) {
        return switch (kind) {
            case NAMESPACE -> new WatchedKind(kind, "", "v1", "namespaces", true);
            case SERVICE -> new WatchedKind(kind, "", "v1", "services", true);
            case ENDPOINT_SLICE -> new WatchedKind(kind, "discovery.k8s.io", "v1", "endpointslices", true);
            case NETWORK_POLICY -> new WatchedKind(kind, "networking.k8s.io", "v1", "networkpolicies", true);
            case CILIUM_NODE -> new WatchedKind(kind, "cilium.io", "v2", "ciliumnodes", true);
            case CILIUM_IDENTITY -> new WatchedKind(kind, "cilium.io", "v2", "ciliumidentities", true);
            case CILIUM_ENDPOINT -> new WatchedKind(kind, "cilium.io", "v2", "ciliumendpoints", true);
            case CILIUM_ENDPOINT_SLICE -> new WatchedKind(kind, "cilium.io", "v2alpha1", "ciliumendpointslices", true);
            case CILIUM_NETWORK_POLICY -> new WatchedKind(kind, "cilium.io", "v2", "ciliumnetworkpolicies", false);
            case CILIUM_CLUSTERWIDE_NETWORK_POLICY ->
                new WatchedKind(kind, "cilium.io", "v2", "ciliumclusterwidenetworkpolicies", false);
            case SERVICE_EXPORT -> new WatchedKind(kind, "multicluster.x-k8s.io", "v1beta1", "serviceexports", false);
        };
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group.isEmpty() ? null : group)
                .withVersion(version)
                .withKind(kind.text())
                .withPlural(plural)
                .withNamespaced(kind.namespaced())
                .build();
    }
}
