package io.meshlog.publisher.k8s;

import java.util.List;

/**
 * A node as Cilium's agent on it describes it. Addresses are in canonical text, CIDRs are prefix blocks; what is not
 * there is empty.
 *
 * @param podCidrs {@code spec.ipam.podCIDRs}, then those of the pools under {@code spec.ipam.pools.allocated}
 * @param encryptionKey the IPsec key index, 0 to 255
 */
public record CiliumNode(
        ObjectMeta meta,
        List<Address> addresses,
        List<String> podCidrs,
        AddressPair health,
        AddressPair ingress,
        int encryptionKey,
        String bootId)
        implements KubernetesObject {

    /** One address and what it is for: InternalIP, ExternalIP, CiliumInternalIP and so on. */
    public record Address(String type, String ip) {}

    /** An address of each family, empty where there is none. */
    public record AddressPair(String ipv4, String ipv6) {
        public static final AddressPair NONE = new AddressPair("", "");
    }

    public CiliumNode {
        addresses = List.copyOf(addresses);
        podCidrs = List.copyOf(podCidrs);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CILIUM_NODE;
    }
}
