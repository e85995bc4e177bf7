package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;

/** Keys and values this version has no type for. */
final class OpaqueView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("KEY", ResourceName.of(resource).name())
                .cell("BYTES", resource.getOpaque().getValue().size())
                .wide("VALUE", resource.getOpaque().getValue().toStringUtf8())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        return Row.count(resource.getOpaque().getValue().size(), "byte");
    }
}
