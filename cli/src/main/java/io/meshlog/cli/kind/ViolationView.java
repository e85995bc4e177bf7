package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Violation;

/** What the fleet refused, and why. */
final class ViolationView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Violation violation = resource.getViolation();
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("SUBJECT", violation.getSubject())
                .cell("RULE", violation.getRule())
                .cell("MESSAGE", violation.getMessage())
                .wide("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        return resource.getViolation().getRule() + ": "
                + resource.getViolation().getMessage();
    }
}
