package io.meshlog.events.codec;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Value;
import io.meshlog.schemas.avro.Resource;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
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

    /** Puts the value into the field of its kind; the others stay as they are. */
    static void put(IndexedRecord container, Value value) {
        Bytes exact = value.exact();
        set(container, "exact", exact == null ? null : ByteBuffer.wrap(exact.shared()));
        switch (value.resource()) {
            case Node node -> set(container, "node", node(node));
            case Identity identity -> set(container, "identity", identity(identity));
            case Endpoint endpoint -> set(container, "endpoint", endpoint(endpoint));
            case Service service -> set(container, "service", service(service));
            case EndpointSlice slice -> set(container, "endpointSlice", slice(slice));
            case Opaque opaque -> set(container, "opaque", opaque(opaque));
            default -> throw new IllegalArgumentException("no cluster declares " + value.resource().kind());
        }
    }

    /** The one kind that is there, null where there is none. */
    static @Nullable Declared get(IndexedRecord container) {
        List<Declared> found = Stream.<@Nullable Declared>of(
                        read(container, "node", io.meshlog.schemas.avro.Node.class, DeclaredMapping::node),
                        read(container, "identity", io.meshlog.schemas.avro.Identity.class, DeclaredMapping::identity),
                        read(container, "endpoint", io.meshlog.schemas.avro.Endpoint.class, DeclaredMapping::endpoint),
                        read(container, "service", io.meshlog.schemas.avro.Service.class, DeclaredMapping::service),
                        read(
                                container,
                                "endpointSlice",
                                io.meshlog.schemas.avro.EndpointSlice.class,
                                DeclaredMapping::slice),
                        read(container, "opaque", io.meshlog.schemas.avro.Opaque.class, DeclaredMapping::opaque))
                .filter(Objects::nonNull)
                .toList();
        if (found.size() > 1) {
            throw new MalformedRecordException("a resource of %d kinds at once".formatted(found.size()));
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    static void set(IndexedRecord container, String field, @Nullable Object value) {
        container.put(container.getSchema().getField(field).pos(), value);
    }

    static @Nullable Object get(IndexedRecord container, String field) {
        return container.get(container.getSchema().getField(field).pos());
    }

    static <A, M> @Nullable M read(IndexedRecord container, String field, Class<A> type, Function<A, M> mapping) {
        Object value = get(container, field);
        return value == null ? null : mapping.apply(type.cast(value));
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
                        .map(label -> new io.meshlog.schemas.avro.IdentityLabel(
                                label.source(), label.key(), label.value()))
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

    private static io.meshlog.schemas.avro.Service service(Service service) {
        return new io.meshlog.schemas.avro.Service(
                service.cluster(),
                service.clusterId(),
                service.namespace(),
                service.name(),
                ports(service.frontends()),
                ports(service.backends()),
                service.hostnames(),
                mapped(
                        service.zones(),
                        zone -> new io.meshlog.schemas.avro.BackendZone(zone.zone(), zone.forZones())),
                service.labels(),
                service.selector(),
                service.includeExternal(),
                service.shared());
    }

    private static Map<String, Map<String, io.meshlog.schemas.avro.PortProtocol>> ports(
            Map<String, Map<String, Service.PortProtocol>> byIp) {
        return mapped(
                byIp,
                ports -> mapped(
                        ports, port -> new io.meshlog.schemas.avro.PortProtocol(port.protocol(), port.port())));
    }

    private static Service service(io.meshlog.schemas.avro.Service service) {
        return new Service(
                service.getCluster(),
                service.getClusterId(),
                service.getNamespace(),
                service.getName(),
                modelPorts(service.getFrontends()),
                modelPorts(service.getBackends()),
                service.getHostnames(),
                mapped(service.getZones(), zone -> new Service.BackendZone(zone.getZone(), zone.getForZones())),
                service.getLabels(),
                service.getSelector(),
                service.getIncludeExternal(),
                service.getShared());
    }

    private static Map<String, Map<String, Service.PortProtocol>> modelPorts(
            Map<String, Map<String, io.meshlog.schemas.avro.PortProtocol>> byIp) {
        return mapped(
                byIp,
                ports -> mapped(ports, port -> new Service.PortProtocol(port.getProtocol(), port.getPort())));
    }

    /** In the order of the given map's sorted keys: what is encoded from it has one form. */
    private static <A, B> Map<String, B> mapped(Map<String, A> map, Function<A, B> mapping) {
        Map<String, B> mapped = new LinkedHashMap<>();
        new TreeMap<>(map).forEach((key, value) -> mapped.put(key, mapping.apply(value)));
        return mapped;
    }

    private static io.meshlog.schemas.avro.EndpointSlice slice(EndpointSlice slice) {
        return new io.meshlog.schemas.avro.EndpointSlice(
                slice.cluster(),
                slice.clusterId(),
                slice.namespace(),
                slice.name(),
                slice.labels(),
                slice.annotations(),
                slice.addressType(),
                slice.endpoints().stream()
                        .map(endpoint -> new io.meshlog.schemas.avro.SliceEndpoint(
                                endpoint.addresses(),
                                endpoint.ready(),
                                endpoint.serving(),
                                endpoint.terminating(),
                                endpoint.hostname(),
                                endpoint.nodeName(),
                                endpoint.zone(),
                                endpoint.forZones(),
                                endpoint.forNodes()))
                        .toList(),
                slice.ports().stream()
                        .map(port -> new io.meshlog.schemas.avro.SlicePort(
                                port.name(), port.protocol(), port.port(), port.appProtocol()))
                        .toList());
    }

    private static EndpointSlice slice(io.meshlog.schemas.avro.EndpointSlice slice) {
        return new EndpointSlice(
                slice.getCluster(),
                slice.getClusterId(),
                slice.getNamespace(),
                slice.getName(),
                slice.getLabels(),
                slice.getAnnotations(),
                slice.getAddressType(),
                slice.getEndpoints().stream()
                        .map(endpoint -> new EndpointSlice.SliceEndpoint(
                                endpoint.getAddresses(),
                                endpoint.getReady(),
                                endpoint.getServing(),
                                endpoint.getTerminating(),
                                endpoint.getHostname(),
                                endpoint.getNodeName(),
                                endpoint.getZone(),
                                endpoint.getForZones(),
                                endpoint.getForNodes()))
                        .toList(),
                slice.getPorts().stream()
                        .map(port -> new EndpointSlice.SlicePort(
                                port.getName(), port.getProtocol(), port.getPort(), port.getAppProtocol()))
                        .toList());
    }

    private static io.meshlog.schemas.avro.Opaque opaque(Opaque opaque) {
        return new io.meshlog.schemas.avro.Opaque(buffer(opaque.key()), buffer(opaque.value()));
    }

    private static Opaque opaque(io.meshlog.schemas.avro.Opaque opaque) {
        return new Opaque(
                Objects.requireNonNull(bytes(opaque.getKey())),
                Objects.requireNonNull(bytes(opaque.getValue())));
    }
}
