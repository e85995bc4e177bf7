package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.Resource;

/** The admitted clusters. */
final class ClusterView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Cluster cluster = resource.getCluster();
        row.cell("NAME", ResourceName.of(resource).name())
                .cell("ID", cluster.getId())
                .cell("POD-CIDRS", cluster.getPodCidrsList())
                .cell("NODE-CIDRS", cluster.getNodeCidrsList())
                .cell("MAX-RESOURCES", cluster.getMaxResources() == 0 ? "default" : "" + cluster.getMaxResources())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Cluster cluster = resource.getCluster();
        return "id " + cluster.getId() + ", pods " + Row.shortened(cluster.getPodCidrsList());
    }
}
