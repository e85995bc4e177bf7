package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.EndpointSlice;
import io.meshlog.schemas.v1.Resource;
import java.util.List;

/** Endpoint slices. */
final class EndpointSliceView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        EndpointSlice slice = resource.getEndpointSlice();
        ResourceName name = ResourceName.of(resource);
        row.cell("CLUSTER", name.cluster())
                .cell("NAMESPACE", name.namespace())
                .cell("NAME", name.name())
                .cell("TYPE", slice.getAddressType())
                .cell("PORTS", ports(slice))
                .cell("ENDPOINTS", slice.getEndpointsCount())
                .cell("READY", ready(slice))
                .wide("ADDRESSES", String.join(",", addresses(slice)))
                .wide("LABELS", Row.pairs(slice.getLabelsMap()))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        EndpointSlice slice = resource.getEndpointSlice();
        return Row.count(slice.getEndpointsCount(), "endpoint") + ", " + ready(slice) + " ready";
    }

    /** An endpoint whose readiness is not said counts as ready, as in Kubernetes. */
    private static long ready(EndpointSlice slice) {
        return slice.getEndpointsList().stream()
                .filter(endpoint -> !endpoint.hasReady() || endpoint.getReady())
                .count();
    }

    private static List<String> ports(EndpointSlice slice) {
        return slice.getPortsList().stream()
                .map(port -> port.getPort() + "/" + port.getProtocol())
                .toList();
    }

    private static List<String> addresses(EndpointSlice slice) {
        return slice.getEndpointsList().stream()
                .flatMap(endpoint -> endpoint.getAddressesList().stream())
                .toList();
    }
}
