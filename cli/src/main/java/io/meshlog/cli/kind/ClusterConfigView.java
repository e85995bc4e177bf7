package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.ClusterConfig;
import io.meshlog.schemas.v1.Resource;

/** What clusters tell others about themselves. */
final class ClusterConfigView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        ClusterConfig config = resource.getClusterConfig();
        ResourceName name = ResourceName.of(resource);
        row.cell("CLUSTER", name.cluster())
                .cell("NAME", name.name())
                .cell("ID", config.getId())
                .cell("MAX-CLUSTERS", config.getMaxConnectedClusters())
                .cell(
                        "SERVICE-EXPORTS",
                        config.hasServiceExportsEnabled() ? Boolean.toString(config.getServiceExportsEnabled()) : "")
                .wide("ENDPOINT-SLICES", config.getEndpointSlicesExportMode())
                .wide("SYNCED-CANARIES", Boolean.toString(config.getSyncedCanaries()))
                .wide("CACHED", Boolean.toString(config.getCached()))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        ClusterConfig config = resource.getClusterConfig();
        return "id %d, up to %d clusters".formatted(config.getId(), config.getMaxConnectedClusters());
    }
}
