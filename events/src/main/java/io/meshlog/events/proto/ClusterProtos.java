package io.meshlog.events.proto;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Policy;

/** Policies and cluster configs, field by field. */
final class ClusterProtos {
    private ClusterProtos() {}

    static io.meshlog.schemas.v1.Policy policy(Policy policy) {
        return io.meshlog.schemas.v1.Policy.newBuilder()
                .setFlavour(flavour(policy.flavour()))
                .setNamespace(policy.namespace())
                .setName(policy.name())
                .putAllLabels(policy.labels())
                .setSpec(policy.spec())
                .build();
    }

    private static io.meshlog.schemas.v1.Policy.Flavour flavour(Policy.Flavour flavour) {
        return switch (flavour) {
            case NETWORK_POLICY -> io.meshlog.schemas.v1.Policy.Flavour.FLAVOUR_NETWORK_POLICY;
            case CILIUM -> io.meshlog.schemas.v1.Policy.Flavour.FLAVOUR_CILIUM;
            case CILIUM_CLUSTERWIDE -> io.meshlog.schemas.v1.Policy.Flavour.FLAVOUR_CILIUM_CLUSTERWIDE;
        };
    }

    /** @throws InvalidResourceException if its flavour is none that is known */
    static Policy policy(io.meshlog.schemas.v1.Policy policy) {
        Policy.Flavour flavour = switch (policy.getFlavour()) {
            case FLAVOUR_NETWORK_POLICY -> Policy.Flavour.NETWORK_POLICY;
            case FLAVOUR_CILIUM -> Policy.Flavour.CILIUM;
            case FLAVOUR_CILIUM_CLUSTERWIDE -> Policy.Flavour.CILIUM_CLUSTERWIDE;
            case FLAVOUR_UNSPECIFIED, UNRECOGNIZED ->
                throw new InvalidResourceException(
                        "policy.flavour: %d is none that is known".formatted(policy.getFlavourValue()));
        };
        return new Policy(flavour, policy.getNamespace(), policy.getName(), policy.getLabelsMap(), policy.getSpec());
    }

    static io.meshlog.schemas.v1.ClusterConfig config(ClusterConfig config) {
        var builder = io.meshlog.schemas.v1.ClusterConfig.newBuilder()
                .setCluster(config.cluster())
                .setId(config.id())
                .setSyncedCanaries(config.syncedCanaries())
                .setCached(config.cached())
                .setMaxConnectedClusters(config.maxConnectedClusters());
        Boolean exports = config.serviceExportsEnabled();
        if (exports != null) {
            builder.setServiceExportsEnabled(exports);
        }
        String mode = config.endpointSlicesExportMode();
        if (mode != null) {
            builder.setEndpointSlicesExportMode(mode);
        }
        return builder.build();
    }

    static ClusterConfig config(io.meshlog.schemas.v1.ClusterConfig config) {
        return new ClusterConfig(
                config.getCluster(),
                config.getId(),
                config.getSyncedCanaries(),
                config.getCached(),
                config.getMaxConnectedClusters(),
                config.hasServiceExportsEnabled() ? config.getServiceExportsEnabled() : null,
                config.hasEndpointSlicesExportMode() ? config.getEndpointSlicesExportMode() : null);
    }
}
