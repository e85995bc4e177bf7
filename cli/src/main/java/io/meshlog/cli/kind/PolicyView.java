package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Policy;
import io.meshlog.schemas.v1.Resource;

/** Network policies of all flavours. */
final class PolicyView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Policy policy = resource.getPolicy();
        ResourceName name = ResourceName.of(resource);
        row.cell("CLUSTER", name.cluster())
                .cell("NAMESPACE", name.namespace())
                .cell("NAME", name.name())
                .cell("KIND", kind(policy))
                .wide("LABELS", Row.pairs(policy.getLabelsMap()))
                .wide("RULES", policy.getSpec())
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Policy policy = resource.getPolicy();
        return kind(policy) + ", " + Row.count(policy.getSpec().length(), "character") + " of rules";
    }

    private static String kind(Policy policy) {
        return switch (policy.getFlavour()) {
            case FLAVOUR_NETWORK_POLICY -> "NetworkPolicy";
            case FLAVOUR_CILIUM -> "CiliumNetworkPolicy";
            case FLAVOUR_CILIUM_CLUSTERWIDE -> "CiliumClusterwideNetworkPolicy";
            case FLAVOUR_UNSPECIFIED, UNRECOGNIZED -> "unknown";
        };
    }
}
