package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Endpoint;
import io.meshlog.schemas.v1.Resource;
import java.util.List;

/** Addresses and the workloads behind them. */
final class EndpointView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Endpoint endpoint = resource.getEndpoint();
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("IP", ResourceName.of(resource).name())
                .cell("IDENTITY", endpoint.getIdentity())
                .cell("HOST", endpoint.getHostIp())
                .cell("NAMESPACE", endpoint.getNamespace())
                .cell("POD", endpoint.getPodName())
                .wide("SERVICE-ACCOUNT", endpoint.getServiceAccount())
                .wide("PORTS", String.join(",", ports(endpoint)))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Endpoint endpoint = resource.getEndpoint();
        String pod =
                endpoint.getPodName().isEmpty() ? "" : endpoint.getNamespace() + "/" + endpoint.getPodName() + ", ";
        return pod + "identity " + endpoint.getIdentity() + ", host " + endpoint.getHostIp();
    }

    private static List<String> ports(Endpoint endpoint) {
        return endpoint.getNamedPortsList().stream()
                .map(port -> port.getName() + ":" + port.getPort() + "/" + port.getProtocol())
                .toList();
    }
}
