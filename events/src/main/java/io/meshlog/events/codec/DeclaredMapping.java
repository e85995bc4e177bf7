package io.meshlog.events.codec;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.ServiceExport;
import io.meshlog.events.model.Value;
import io.meshlog.schemas.avro.Resource;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** The kinds that clusters declare, model and contract field by field. */
final class DeclaredMapping {
    private DeclaredMapping() {}

    static Resource toResource(Value value) {
        Resource resource = new Resource();
        put(resource, value);
        return resource;
    }

    static Value toValue(Resource resource) {
        Declared declared = get(resource);
        if (declared == null) {
            throw new MalformedRecordException("a resource of no kind");
        }
        return new Value(declared, bytes(resource.getExact()));
    }

    /**
     * Puts the value into the field of its kind; the others stay as they are.
     *
     * @throws MalformedRecordException if its name cannot be part of a key
     */
    static void put(IndexedRecord container, Value value) {
        Bytes exact = value.exact();
        set(container, "exact", exact == null ? null : buffer(exact));
        if (!(value.resource() instanceof Declared declared)) {
            throw new IllegalArgumentException(
                    "no cluster declares " + value.resource().kind());
        }
        switch (ContractText.named(declared)) {
            case Node node -> set(container, "node", node(node));
            case Identity identity -> set(container, "identity", identity(identity));
            case Endpoint endpoint -> set(container, "endpoint", endpoint(endpoint));
            case Service service -> set(container, "service", ServiceMapping.service(service));
            case EndpointSlice slice -> set(container, "endpointSlice", ServiceMapping.slice(slice));
            case Opaque opaque -> set(container, "opaque", opaque(opaque));
            case ServiceExport export -> set(container, "serviceExport", ServiceMapping.export(export));
            case Policy policy -> set(container, "policy", ClusterMapping.policy(policy));
            case ClusterConfig config -> set(container, "clusterConfig", ClusterMapping.config(config));
        }
    }

    /**
     * The one kind that is there, null where there is none.
     *
     * @throws MalformedRecordException if there are several, or its name cannot be part of a key
     */
    static @Nullable Declared get(IndexedRecord container) {
        Declared found = null;
        for (int field = 0; field < container.getSchema().getFields().size(); field++) {
            Declared declared = declared(container.get(field));
            if (declared != null && found != null) {
                throw new MalformedRecordException("a resource that is of the kinds %s and %s"
                        .formatted(found.kind().plural(), declared.kind().plural()));
            }
            found = declared == null ? found : declared;
        }
        return found;
    }

    /** The declared resource a field's content stands for, null where it stands for none. */
    static @Nullable Declared declared(@Nullable Object content) {
        Declared declared = switch (content) {
            case io.meshlog.schemas.avro.Node node -> node(node);
            case io.meshlog.schemas.avro.Identity identity -> identity(identity);
            case io.meshlog.schemas.avro.Endpoint endpoint -> endpoint(endpoint);
            case io.meshlog.schemas.avro.Service service -> ServiceMapping.service(service);
            case io.meshlog.schemas.avro.EndpointSlice slice -> ServiceMapping.slice(slice);
            case io.meshlog.schemas.avro.Opaque opaque -> opaque(opaque);
            case io.meshlog.schemas.avro.ServiceExport export -> ServiceMapping.export(export);
            case io.meshlog.schemas.avro.Policy policy -> ClusterMapping.policy(policy);
            case io.meshlog.schemas.avro.ClusterConfig config -> ClusterMapping.config(config);
            case null, default -> null;
        };
        return declared == null ? null : ContractText.named(declared);
    }

    static void set(IndexedRecord container, String field, @Nullable Object value) {
        container.put(container.getSchema().getField(field).pos(), value);
    }

    static @Nullable Object get(IndexedRecord container, String field) {
        return container.get(container.getSchema().getField(field).pos());
    }

    static @Nullable Bytes bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return Bytes.owned(copy);
    }

    private static ByteBuffer buffer(Bytes bytes) {
        return ByteBuffer.wrap(bytes.shared());
    }

    private static io.meshlog.schemas.avro.Node node(Node node) {
        return new io.meshlog.schemas.avro.Node(
                node.name(),
                node.cluster(),
                node.clusterId(),
                node.addresses().stream()
                        .map(address -> new io.meshlog.schemas.avro.NodeAddress(address.type(), address.ip()))
                        .toList(),
                node.ipv4AllocCidr(),
                node.ipv4SecondaryAllocCidrs(),
                node.ipv6AllocCidr(),
                node.ipv6SecondaryAllocCidrs(),
                node.ipv4HealthIp(),
                node.ipv6HealthIp(),
                node.ipv4IngressIp(),
                node.ipv6IngressIp(),
                node.source(),
                node.encryptionKey(),
                node.labels(),
                node.annotations(),
                node.wireguardPublicKey(),
                node.bootId());
    }

    private static Node node(io.meshlog.schemas.avro.Node node) {
        return new Node(
                node.getName(),
                node.getCluster(),
                node.getClusterId(),
                node.getAddresses().stream()
                        .map(address -> new Node.Address(address.getType(), address.getIp()))
                        .toList(),
                node.getIpv4AllocCidr(),
                node.getIpv4SecondaryAllocCidrs(),
                node.getIpv6AllocCidr(),
                node.getIpv6SecondaryAllocCidrs(),
                node.getIpv4HealthIp(),
                node.getIpv6HealthIp(),
                node.getIpv4IngressIp(),
                node.getIpv6IngressIp(),
                node.getSource(),
                node.getEncryptionKey(),
                node.getLabels(),
                node.getAnnotations(),
                node.getWireguardPublicKey(),
                node.getBootId());
    }

    private static io.meshlog.schemas.avro.Identity identity(Identity identity) {
        return new io.meshlog.schemas.avro.Identity(
                identity.id(),
                identity.labels().stream()
                        .map(label ->
                                new io.meshlog.schemas.avro.IdentityLabel(label.source(), label.key(), label.value()))
                        .toList());
    }

    private static Identity identity(io.meshlog.schemas.avro.Identity identity) {
        return new Identity(
                identity.getId(),
                identity.getLabels().stream()
                        .map(label -> new Identity.Label(label.getSource(), label.getKey(), label.getValue()))
                        .toList());
    }

    private static io.meshlog.schemas.avro.Endpoint endpoint(Endpoint endpoint) {
        Bytes mask = endpoint.mask();
        return new io.meshlog.schemas.avro.Endpoint(
                endpoint.ip(),
                mask == null ? null : buffer(mask),
                endpoint.hostIp(),
                endpoint.identity(),
                endpoint.encryptionKey(),
                endpoint.metadata(),
                endpoint.namespace(),
                endpoint.podName(),
                endpoint.serviceAccount(),
                endpoint.namedPorts().stream()
                        .map(port -> new io.meshlog.schemas.avro.NamedPort(port.name(), port.port(), port.protocol()))
                        .toList());
    }

    private static Endpoint endpoint(io.meshlog.schemas.avro.Endpoint endpoint) {
        return new Endpoint(
                endpoint.getIp(),
                bytes(endpoint.getMask()),
                endpoint.getHostIp(),
                endpoint.getIdentity(),
                endpoint.getEncryptionKey(),
                endpoint.getMetadata(),
                endpoint.getNamespace(),
                endpoint.getPodName(),
                endpoint.getServiceAccount(),
                endpoint.getNamedPorts().stream()
                        .map(port -> new Endpoint.NamedPort(port.getName(), port.getPort(), port.getProtocol()))
                        .toList());
    }

    private static io.meshlog.schemas.avro.Opaque opaque(Opaque opaque) {
        return new io.meshlog.schemas.avro.Opaque(buffer(opaque.key()), buffer(opaque.value()));
    }

    private static Opaque opaque(io.meshlog.schemas.avro.Opaque opaque) {
        return new Opaque(
                Objects.requireNonNull(bytes(opaque.getKey())), Objects.requireNonNull(bytes(opaque.getValue())));
    }
}
