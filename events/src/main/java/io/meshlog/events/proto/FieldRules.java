package io.meshlog.events.proto;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Policy;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.ServiceExport;
import java.util.Map;

/**
 * What a field of a message can hold at all. Whether a cluster may declare it is for the fold to judge; here is refused
 * what no key, no datapath and no reader could take.
 */
final class FieldRules {
    private static final int LAST_PORT = 65_535;
    private static final int LAST_CLUSTER_ID = 511;
    private static final int LAST_ENCRYPTION_KEY = 255;
    private static final long LAST_IDENTITY = 0xffff_ffffL;
    private static final char LAST_BYTE = 0xff;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int SHOWN_CHARS = 200;

    private FieldRules() {}

    /** @throws InvalidResourceException naming the first field that is wrong */
    static <D extends Declared> D check(D declared) {
        switch (declared) {
            case Node node -> node(node);
            case Identity identity -> range("identity.id", identity.id(), 1, LAST_IDENTITY);
            case Endpoint endpoint -> endpoint(endpoint);
            case Service service -> service(service);
            case EndpointSlice slice -> slice(slice);
            case ServiceExport export -> export(export);
            case Policy policy -> policy(policy);
            case ClusterConfig config -> config(config);
            case Opaque opaque -> {
                if (opaque.key().size() == 0) {
                    throw wrong("opaque.key", "is empty");
                }
            }
        }
        return declared;
    }

    private static void node(Node node) {
        name("node.name", node.name());
        range("node.cluster_id", node.clusterId(), 0, LAST_CLUSTER_ID);
        range("node.encryption_key", node.encryptionKey(), 0, LAST_ENCRYPTION_KEY);
    }

    private static void endpoint(Endpoint endpoint) {
        name("endpoint.ip", endpoint.ip());
        Bytes mask = endpoint.mask();
        if (mask != null && mask.size() != IPV4_BYTES && mask.size() != IPV6_BYTES) {
            throw wrong("endpoint.mask", "has %d bytes, must have 4 or 16".formatted(mask.size()));
        }
        range("endpoint.identity", endpoint.identity(), 0, LAST_IDENTITY);
        range("endpoint.encryption_key", endpoint.encryptionKey(), 0, LAST_ENCRYPTION_KEY);
        for (Endpoint.NamedPort port : endpoint.namedPorts()) {
            range("endpoint.named_ports[%s].port".formatted(shown(port.name())), port.port(), 0, LAST_PORT);
        }
    }

    private static void service(Service service) {
        name("service.namespace", service.namespace());
        name("service.name", service.name());
        range("service.cluster_id", service.clusterId(), 0, LAST_CLUSTER_ID);
        ports("service.frontends", service.frontends());
        ports("service.backends", service.backends());
    }

    private static void ports(String field, Map<String, Map<String, PortProtocol>> byIp) {
        byIp.forEach((ip, ports) -> ports.forEach((name, port) -> {
            if (port.port() < 0 || port.port() > LAST_PORT) {
                range("%s[%s].ports[%s].port".formatted(field, shown(ip), shown(name)), port.port(), 0, LAST_PORT);
            }
        }));
    }

    private static void slice(EndpointSlice slice) {
        name("endpoint_slice.namespace", slice.namespace());
        name("endpoint_slice.name", slice.name());
        range("endpoint_slice.cluster_id", slice.clusterId(), 0, LAST_CLUSTER_ID);
        for (SlicePort port : slice.ports()) {
            Integer number = port.port();
            if (number != null) {
                range("endpoint_slice.ports.port", number, 0, LAST_PORT);
            }
        }
    }

    private static void export(ServiceExport export) {
        name("service_export.namespace", export.namespace());
        name("service_export.name", export.name());
        for (ServiceExport.Port port : export.ports()) {
            range("service_export.ports[%s].port".formatted(shown(port.name())), port.port(), 0, LAST_PORT);
        }
    }

    private static void policy(Policy policy) {
        if (policy.flavour().namespaced()) {
            name("policy.namespace", policy.namespace());
        }
        name("policy.name", policy.name());
        if (policy.spec().isEmpty()) {
            throw wrong("policy.spec", "is empty");
        }
    }

    private static void config(ClusterConfig config) {
        name("cluster_config.cluster", config.cluster());
        range("cluster_config.id", config.id(), 0, LAST_CLUSTER_ID);
        range("cluster_config.max_connected_clusters", config.maxConnectedClusters(), 0, LAST_CLUSTER_ID);
    }

    /** A key of the fleet: {@code <prefix>/...}, of one-byte characters. */
    static ResourceKey key(String field, String text) {
        if (text.indexOf('/') <= 0) {
            throw wrong(field, "\"%s\" is no key".formatted(shown(text)));
        }
        oneByteCharacters(field, text);
        return new ResourceKey(text);
    }

    private static void name(String field, String text) {
        if (text.isEmpty()) {
            throw wrong(field, "is empty");
        }
        oneByteCharacters(field, text);
    }

    private static void oneByteCharacters(String field, String text) {
        if (text.chars().anyMatch(character -> character > LAST_BYTE)) {
            throw wrong(field, "\"%s\" has characters that no key can have".formatted(shown(text)));
        }
    }

    static void range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw wrong(field, "is %d, must be %d to %d".formatted(value, least, most));
        }
    }

    private static InvalidResourceException wrong(String field, String how) {
        return new InvalidResourceException(field + ": " + how);
    }

    /** So much of a text as an error may repeat. */
    static String shown(String text) {
        return text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "..." : text;
    }
}
