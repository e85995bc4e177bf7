package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Resource;
import java.util.Comparator;
import java.util.List;

/** Security identities. */
final class IdentityView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("ID", ResourceName.of(resource).name())
                .cell("LABELS", labels(resource))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        return Row.shortened(labels(resource));
    }

    /** The workload's own labels first, then those that Cilium adds, which are long and much alike. */
    private static List<String> labels(Resource resource) {
        return resource.getIdentity().getLabelsList().stream()
                .map(label -> label.getSource() + ":" + label.getKey() + "=" + label.getValue())
                .sorted(Comparator.comparing((String text) -> text.contains(":io."))
                        .thenComparing(text -> text))
                .toList();
    }
}
