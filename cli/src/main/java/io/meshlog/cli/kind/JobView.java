package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Job;
import io.meshlog.schemas.v1.Resource;

/** Work of the fleet that is under way. */
final class JobView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Job job = resource.getJob();
        row.cell("ID", job.getId())
                .cell("TYPE", job.getType())
                .cell("CLUSTER", job.getCluster())
                .cell("CURSOR", job.getCursor())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        return resource.getJob().getType() + " " + resource.getJob().getCluster();
    }
}
