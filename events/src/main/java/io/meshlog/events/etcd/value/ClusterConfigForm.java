package io.meshlog.events.etcd.value;

import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.Value;

/**
 * Cilium's cluster config (pkg/clustermesh/types), as JSON.
 *
 * @param cached whether its readers find the cluster under {@code cilium/cache}, whatever the cluster itself says: as {@code
 *     kvstoremesh} copies it
 */
record ClusterConfigForm(boolean cached) implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        ClusterConfig config = (ClusterConfig) resource;
        return GoJson.object(json -> json.number("id", config.id()).object("capabilities", capabilities -> {
            if (config.syncedCanaries()) {
                capabilities.truth("syncedCanaries", true);
            }
            if (cached || config.cached()) {
                capabilities.truth("cached", true);
            }
            if (config.maxConnectedClusters() != 0) {
                capabilities.number("maxConnectedClusters", config.maxConnectedClusters());
            }
            Boolean exports = config.serviceExportsEnabled();
            if (exports != null) {
                capabilities.truth("serviceExportsEnabled", exports);
            }
            capabilities.textIfAny("endpointSlicesExportMode", config.endpointSlicesExportMode());
        }));
    }

    @Override
    public byte[] bytesOf(Value value) {
        return cached ? encode(value.resource()) : ValueForm.super.bytesOf(value);
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        JsonFields json = JsonFields.parse(bytes);
        JsonFields capabilities = json.object("capabilities");
        return new ClusterConfig(
                cluster,
                (int) json.number("id"),
                capabilities.truth("syncedCanaries"),
                capabilities.truth("cached"),
                (int) capabilities.number("maxConnectedClusters"),
                capabilities.has("serviceExportsEnabled")
                        ? (Boolean) capabilities.truth("serviceExportsEnabled")
                        : null,
                capabilities.has("endpointSlicesExportMode") ? capabilities.text("endpointSlicesExportMode") : null);
    }
}
