package io.meshlog.events.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a member cluster, with every field of Cilium's own node record (pkg/node/types). CIDRs are
 * {@code prefix/length}; text that Cilium leaves empty is empty here too.
 *
 * @param clusterId 1 to 511, 0 where the writer left it out
 * @param encryptionKey the IPsec key index, 0 to 255
 */
public record Node(
        String name,
        String cluster,
        int clusterId,
        List<Address> addresses,
        @Nullable String ipv4AllocCidr,
        List<String> ipv4SecondaryAllocCidrs,
        @Nullable String ipv6AllocCidr,
        List<String> ipv6SecondaryAllocCidrs,
        String ipv4HealthIp,
        String ipv6HealthIp,
        String ipv4IngressIp,
        String ipv6IngressIp,
        String source,
        int encryptionKey,
        Map<String, String> labels,
        Map<String, String> annotations,
        String wireguardPublicKey,
        String bootId)
        implements Declared {

    /** One address of a node: InternalIP, ExternalIP, CiliumInternalIP and so on. */
    public record Address(String type, String ip) {}

    public Node {
        addresses = List.copyOf(addresses);
        ipv4SecondaryAllocCidrs = List.copyOf(ipv4SecondaryAllocCidrs);
        ipv6SecondaryAllocCidrs = List.copyOf(ipv6SecondaryAllocCidrs);
        labels = Canonical.sorted(labels);
        annotations = Canonical.sorted(annotations);
    }

    @Override
    public Kind kind() {
        return Kind.NODE;
    }

    @Override
    public String keyName() {
        return name;
    }

    @Override
    public Map<String, String> selectableLabels() {
        return labels;
    }
}
