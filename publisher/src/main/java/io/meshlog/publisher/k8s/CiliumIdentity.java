package io.meshlog.publisher.k8s;

import java.util.Map;

/**
 * A security identity; its name is its number.
 *
 * @param securityLabels {@code source:key} to value
 */
public record CiliumIdentity(ObjectMeta meta, long id, Map<String, String> securityLabels) implements KubernetesObject {
    public CiliumIdentity {
        securityLabels = Map.copyOf(securityLabels);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CILIUM_IDENTITY;
    }
}
