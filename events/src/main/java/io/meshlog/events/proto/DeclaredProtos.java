package io.meshlog.events.proto;

import com.google.protobuf.ByteString;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import org.jspecify.annotations.Nullable;

/** Nodes, identities, endpoints and opaque keys, field by field. */
final class DeclaredProtos {
    private DeclaredProtos() {}

    static io.meshlog.schemas.v1.Node node(Node node) {
        return io.meshlog.schemas.v1.Node.newBuilder()
                .setName(node.name())
                .setCluster(node.cluster())
                .setClusterId(node.clusterId())
                .addAllAddresses(node.addresses().stream()
                        .map(address -> io.meshlog.schemas.v1.Node.Address.newBuilder()
                                .setType(address.type())
                                .setIp(address.ip())
                                .build())
                        .toList())
                .setIpv4AllocCidr(orEmpty(node.ipv4AllocCidr()))
                .addAllIpv4SecondaryAllocCidrs(node.ipv4SecondaryAllocCidrs())
                .setIpv6AllocCidr(orEmpty(node.ipv6AllocCidr()))
                .addAllIpv6SecondaryAllocCidrs(node.ipv6SecondaryAllocCidrs())
                .setIpv4HealthIp(node.ipv4HealthIp())
                .setIpv6HealthIp(node.ipv6HealthIp())
                .setIpv4IngressIp(node.ipv4IngressIp())
                .setIpv6IngressIp(node.ipv6IngressIp())
                .setSource(node.source())
                .setEncryptionKey(node.encryptionKey())
                .putAllLabels(node.labels())
                .putAllAnnotations(node.annotations())
                .setWireguardPublicKey(node.wireguardPublicKey())
                .setBootId(node.bootId())
                .build();
    }

    static Node node(io.meshlog.schemas.v1.Node node) {
        return new Node(
                node.getName(),
                node.getCluster(),
                node.getClusterId(),
                node.getAddressesList().stream()
                        .map(address -> new Node.Address(address.getType(), address.getIp()))
                        .toList(),
                orNull(node.getIpv4AllocCidr()),
                node.getIpv4SecondaryAllocCidrsList(),
                orNull(node.getIpv6AllocCidr()),
                node.getIpv6SecondaryAllocCidrsList(),
                node.getIpv4HealthIp(),
                node.getIpv6HealthIp(),
                node.getIpv4IngressIp(),
                node.getIpv6IngressIp(),
                node.getSource(),
                node.getEncryptionKey(),
                node.getLabelsMap(),
                node.getAnnotationsMap(),
                node.getWireguardPublicKey(),
                node.getBootId());
    }

    static io.meshlog.schemas.v1.Identity identity(Identity identity) {
        return io.meshlog.schemas.v1.Identity.newBuilder()
                .setId(identity.id())
                .addAllLabels(identity.labels().stream()
                        .map(label -> io.meshlog.schemas.v1.Identity.Label.newBuilder()
                                .setSource(label.source())
                                .setKey(label.key())
                                .setValue(label.value())
                                .build())
                        .toList())
                .build();
    }

    static Identity identity(io.meshlog.schemas.v1.Identity identity) {
        return new Identity(
                identity.getId(),
                identity.getLabelsList().stream()
                        .map(label -> new Identity.Label(label.getSource(), label.getKey(), label.getValue()))
                        .toList());
    }

    static io.meshlog.schemas.v1.Endpoint endpoint(Endpoint endpoint) {
        Bytes mask = endpoint.mask();
        return io.meshlog.schemas.v1.Endpoint.newBuilder()
                .setIp(endpoint.ip())
                .setMask(mask == null ? ByteString.EMPTY : ByteString.copyFrom(mask.shared()))
                .setHostIp(endpoint.hostIp())
                .setIdentity(endpoint.identity())
                .setEncryptionKey(endpoint.encryptionKey())
                .setMetadata(endpoint.metadata())
                .setNamespace(endpoint.namespace())
                .setPodName(endpoint.podName())
                .setServiceAccount(endpoint.serviceAccount())
                .addAllNamedPorts(endpoint.namedPorts().stream()
                        .map(port -> io.meshlog.schemas.v1.Endpoint.NamedPort.newBuilder()
                                .setName(port.name())
                                .setPort(port.port())
                                .setProtocol(port.protocol())
                                .build())
                        .toList())
                .build();
    }

    static Endpoint endpoint(io.meshlog.schemas.v1.Endpoint endpoint) {
        return new Endpoint(
                endpoint.getIp(),
                endpoint.getMask().isEmpty()
                        ? null
                        : Bytes.owned(endpoint.getMask().toByteArray()),
                endpoint.getHostIp(),
                endpoint.getIdentity(),
                endpoint.getEncryptionKey(),
                endpoint.getMetadata(),
                endpoint.getNamespace(),
                endpoint.getPodName(),
                endpoint.getServiceAccount(),
                endpoint.getNamedPortsList().stream()
                        .map(port -> new Endpoint.NamedPort(port.getName(), port.getPort(), port.getProtocol()))
                        .toList());
    }

    static io.meshlog.schemas.v1.Opaque opaque(Opaque opaque) {
        return io.meshlog.schemas.v1.Opaque.newBuilder()
                .setKey(ByteString.copyFrom(opaque.key().shared()))
                .setValue(ByteString.copyFrom(opaque.value().shared()))
                .build();
    }

    static Opaque opaque(io.meshlog.schemas.v1.Opaque opaque) {
        return new Opaque(
                Bytes.owned(opaque.getKey().toByteArray()),
                Bytes.owned(opaque.getValue().toByteArray()));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
