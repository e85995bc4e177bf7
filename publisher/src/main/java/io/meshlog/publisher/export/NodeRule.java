package io.meshlog.publisher.export;

import io.meshlog.events.model.Node;
import io.meshlog.publisher.k8s.CiliumNode;
import java.util.List;

/** Every node is exported, whatever its namespaces are. */
final class NodeRule {
    /** Cilium's word for a node that is known from its CiliumNode. */
    private static final String SOURCE = "custom-resource";

    private final ExportSettings settings;

    NodeRule(ExportSettings settings) {
        this.settings = settings;
    }

    /** The first CIDR of each family is the node's own, those after it are secondary. */
    Node export(CiliumNode node) {
        List<String> v4 = node.podCidrs().stream().filter(cidr -> !isV6(cidr)).toList();
        List<String> v6 = node.podCidrs().stream().filter(NodeRule::isV6).toList();
        String wireguardKey = Annotations.WIREGUARD_KEY.text(node.meta().annotations());
        return new Node(
                node.meta().name(),
                settings.cluster(),
                settings.clusterId(),
                node.addresses().stream()
                        .map(address -> new Node.Address(address.type(), address.ip()))
                        .toList(),
                v4.isEmpty() ? null : v4.getFirst(),
                v4.stream().skip(1).toList(),
                v6.isEmpty() ? null : v6.getFirst(),
                v6.stream().skip(1).toList(),
                node.health().ipv4(),
                node.health().ipv6(),
                node.ingress().ipv4(),
                node.ingress().ipv6(),
                SOURCE,
                node.encryptionKey(),
                node.meta().labels(),
                node.meta().annotations(),
                wireguardKey == null ? "" : wireguardKey,
                node.bootId());
    }

    private static boolean isV6(String cidr) {
        return cidr.indexOf(':') >= 0;
    }
}
