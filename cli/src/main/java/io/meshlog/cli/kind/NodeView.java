package io.meshlog.cli.kind;

import io.meshlog.schemas.v1.Node;
import io.meshlog.schemas.v1.Resource;
import java.util.List;
import java.util.stream.Stream;

/** Nodes. */
final class NodeView implements KindView {
    @Override
    public void describe(Resource resource, Row row) {
        Node node = resource.getNode();
        row.cell("CLUSTER", ResourceName.of(resource).cluster())
                .cell("NAME", ResourceName.of(resource).name())
                .cell("INTERNAL-IP", addresses(node, "InternalIP"))
                .cell("POD-CIDR", cidrs(node))
                .cell("WIREGUARD", !node.getWireguardPublicKey().isEmpty())
                .wide("EXTERNAL-IP", String.join(",", addresses(node, "ExternalIP")))
                .wide("HEALTH-IP", node.getIpv4HealthIp())
                .wide("LABELS", Row.pairs(node.getLabelsMap()))
                .cell("REVISION", resource.getRevision());
    }

    @Override
    public String summary(Resource resource) {
        Node node = resource.getNode();
        String wireguard = node.getWireguardPublicKey().isEmpty() ? "" : ", wireguard";
        return Row.shortened(addresses(node, "InternalIP")) + ", pods " + Row.shortened(cidrs(node)) + wireguard;
    }

    private static List<String> addresses(Node node, String type) {
        return node.getAddressesList().stream()
                .filter(address -> address.getType().equals(type))
                .map(Node.Address::getIp)
                .toList();
    }

    private static List<String> cidrs(Node node) {
        return Stream.of(
                        Stream.of(node.getIpv4AllocCidr()),
                        node.getIpv4SecondaryAllocCidrsList().stream(),
                        Stream.of(node.getIpv6AllocCidr()),
                        node.getIpv6SecondaryAllocCidrsList().stream())
                .flatMap(cidrs -> cidrs)
                .filter(cidr -> !cidr.isEmpty())
                .toList();
    }
}
