package io.meshlog.publisher.k8s;

import io.meshlog.events.model.Policy;

/**
 * A network policy of any flavour.
 *
 * @param spec canonical JSON: an object with the rules as they were published, keys sorted
 */
public record PolicyObject(ObjectMeta meta, Policy.Flavour flavour, String spec) implements KubernetesObject {
    @Override
    public ObjectKind kind() {
        return switch (flavour) {
            case NETWORK_POLICY -> ObjectKind.NETWORK_POLICY;
            case CILIUM -> ObjectKind.CILIUM_NETWORK_POLICY;
            case CILIUM_CLUSTERWIDE -> ObjectKind.CILIUM_CLUSTERWIDE_NETWORK_POLICY;
        };
    }
}
