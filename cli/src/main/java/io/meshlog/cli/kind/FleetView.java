package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Fleet;
import io.meshlog.schemas.v1.Resource;

/** The fleet's own record. */
final class FleetView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Fleet fleet = resource.getFleet();
        row.cell("NAME", fleet.getName())
                .cell("LOG-ID", fleet.getLogId())
                .cell("FEATURE-LEVEL", fleet.getFeatureLevel())
                .cell("HORIZON", fleet.getHorizon())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Fleet fleet = resource.getFleet();
        return "%s, feature level %d, horizon %d"
                .formatted(fleet.getName(), fleet.getFeatureLevel(), fleet.getHorizon());
    }
}
