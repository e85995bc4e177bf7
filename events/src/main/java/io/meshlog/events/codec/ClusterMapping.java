package io.meshlog.events.codec;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Policy;

/** Policies and cluster configs, model and contract field by field. */
final class ClusterMapping {
    private ClusterMapping() {}

    static io.meshlog.schemas.avro.Policy policy(Policy policy) {
        return new io.meshlog.schemas.avro.Policy(
                FleetMapping.symbol(io.meshlog.schemas.avro.PolicyFlavour.class, policy.flavour()),
                policy.namespace(),
                policy.name(),
                policy.labels(),
                policy.spec());
    }

    static Policy policy(io.meshlog.schemas.avro.Policy policy) {
        return new Policy(
                FleetMapping.symbol(Policy.Flavour.class, policy.getFlavour()),
                policy.getNamespace(),
                policy.getName(),
                policy.getLabels(),
                policy.getSpec());
    }

    static io.meshlog.schemas.avro.ClusterConfig config(ClusterConfig config) {
        return new io.meshlog.schemas.avro.ClusterConfig(
                config.cluster(),
                config.id(),
                config.syncedCanaries(),
                config.cached(),
                config.maxConnectedClusters(),
                config.serviceExportsEnabled(),
                config.endpointSlicesExportMode());
    }

    static ClusterConfig config(io.meshlog.schemas.avro.ClusterConfig config) {
        return new ClusterConfig(
                config.getCluster(),
                config.getId(),
                config.getSyncedCanaries(),
                config.getCached(),
                config.getMaxConnectedClusters(),
                config.getServiceExportsEnabled(),
                config.getEndpointSlicesExportMode());
    }
}
