package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Node;
import io.meshlog.events.model.Resource;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cilium's node record (pkg/node/types, {@code Node}), as JSON. */
final class NodeForm implements ValueForm {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    @Override
    public byte[] encode(Resource resource) {
        Node node = (Node) resource;
        return GoJson.object(json -> {
            json.text("Name", node.name()).text("Cluster", node.cluster());
            json.arrayOrNull(
                    "IPAddresses",
                    node.addresses(),
                    (inner, address) -> inner.text("Type", address.type()).text("IP", address.ip()));
            cidr(json, "IPv4AllocCIDR", node.ipv4AllocCidr());
            cidrs(json, "IPv4SecondaryAllocCIDRs", node.ipv4SecondaryAllocCidrs());
            cidr(json, "IPv6AllocCIDR", node.ipv6AllocCidr());
            cidrs(json, "IPv6SecondaryAllocCIDRs", node.ipv6SecondaryAllocCidrs());
            json.text("IPv4HealthIP", node.ipv4HealthIp())
                    .text("IPv6HealthIP", node.ipv6HealthIp())
                    .text("IPv4IngressIP", node.ipv4IngressIp())
                    .text("IPv6IngressIP", node.ipv6IngressIp())
                    .number("ClusterID", node.clusterId())
                    .text("Source", node.source())
                    .number("EncryptionKey", node.encryptionKey())
                    .textsOrNull("Labels", node.labels())
                    .textsOrNull("Annotations", node.annotations())
                    .text("WireguardPubKey", node.wireguardPublicKey())
                    .text("BootID", node.bootId());
        });
    }

    private static void cidr(GoJson json, String name, @Nullable String cidr) {
        if (cidr == null) {
            json.none(name);
        } else {
            json.object(name, inner -> fields(inner, cidr));
        }
    }

    private static void cidrs(GoJson json, String name, List<String> cidrs) {
        json.arrayOrNull(name, cidrs, NodeForm::fields);
    }

    private static void fields(GoJson json, String cidr) {
        int slash = cidr.indexOf('/');
        String ip = slash < 0 ? cidr : cidr.substring(0, slash);
        int bits = ip.contains(":") ? IPV6_BITS : IPV4_BITS;
        int length = slash < 0 ? bits : Integer.parseInt(cidr.substring(slash + 1));
        json.text("IP", ip).text("Mask", Base64.getEncoder().encodeToString(mask(bits, length)));
    }

    private static byte[] mask(int bits, int length) {
        byte[] mask = new byte[bits / Byte.SIZE];
        for (int bit = 0; bit < length; bit++) {
            mask[bit / Byte.SIZE] |= (byte) (0x80 >> (bit % Byte.SIZE));
        }
        return mask;
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        JsonFields json = JsonFields.parse(bytes);
        return new Node(
                json.text("Name"),
                json.text("Cluster"),
                (int) json.number("ClusterID"),
                json.list("IPAddresses", address -> new Node.Address(address.text("Type"), address.text("IP"))),
                json.has("IPv4AllocCIDR") ? cidr(json.object("IPv4AllocCIDR")) : null,
                json.list("IPv4SecondaryAllocCIDRs", NodeForm::cidr),
                json.has("IPv6AllocCIDR") ? cidr(json.object("IPv6AllocCIDR")) : null,
                json.list("IPv6SecondaryAllocCIDRs", NodeForm::cidr),
                json.text("IPv4HealthIP"),
                json.text("IPv6HealthIP"),
                json.text("IPv4IngressIP"),
                json.text("IPv6IngressIP"),
                json.text("Source"),
                (int) json.number("EncryptionKey"),
                json.texts("Labels"),
                json.texts("Annotations"),
                json.text("WireguardPubKey"),
                json.text("BootID"));
    }

    private static String cidr(JsonFields json) {
        byte[] mask = json.bytes("Mask");
        int length = 0;
        if (mask != null) {
            for (byte octet : mask) {
                length += Integer.bitCount(octet & 0xff);
            }
        }
        return json.text("IP") + "/" + length;
    }
}
