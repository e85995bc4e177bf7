package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.meshlog.events.model.ClusterConfig;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.events.model.ServiceExport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The keys and values that Cilium's clustermesh-apiserver wrote, read as the fleet's resources. */
final class GoldenKeys {
    static final ObjectMapper JSON = new ObjectMapper();

    private GoldenKeys() {}

    /** The resource behind a recorded key; empty for keys of other kinds. */
    static Optional<Declared> read(JsonNode entry) throws IOException {
        String[] parts = entry.get("key").asText().split("/", -1);
        if (parts[1].equals("cluster-config")) {
            return Optional.of(config(parts[2], JSON.readTree(entry.get("raw").asText())));
        }
        if (parts.length < 4 || !parts[1].equals("state")) {
            return Optional.empty();
        }
        return switch (parts[2]) {
            case "nodes" -> Optional.of(node(JSON.readTree(entry.get("raw").asText())));
            case "identities" -> Optional.of(identity(parts[5], entry.get("raw").asText()));
            case "ip" -> Optional.of(endpoint(JSON.readTree(entry.get("raw").asText())));
            case "services" ->
                Optional.of(service(JSON.readTree(entry.get("raw").asText())));
            case "endpointslices" ->
                Optional.of(
                        slice(Base64.getDecoder().decode(entry.get("rawBase64").asText())));
            case "serviceexports" ->
                Optional.of(export(JSON.readTree(entry.get("raw").asText())));
            default -> Optional.empty();
        };
    }

    /** The key the resource of a recorded key has in the fleet, null for keys of other kinds. */
    static String keyOf(String cluster, String recorded) {
        String[] parts = recorded.split("/", 6);
        if (parts[1].equals("cluster-config")) {
            return cluster + "/clusterconfigs/" + parts[2];
        }
        if (parts.length < 6 || !parts[1].equals("state")) {
            return null;
        }
        return switch (parts[2]) {
            case "nodes", "identities" -> cluster + "/" + parts[2] + "/" + parts[5];
            case "ip" -> cluster + "/endpoints/" + parts[5];
            case "services", "endpointslices", "serviceexports" -> cluster + "/" + parts[2] + "/" + parts[5];
            default -> null;
        };
    }

    private static Node node(JsonNode json) {
        return new Node(
                json.get("Name").asText(),
                json.get("Cluster").asText(),
                json.get("ClusterID").asInt(),
                list(json.get("IPAddresses")).stream()
                        .map(address -> new Node.Address(
                                address.get("Type").asText(), address.get("IP").asText()))
                        .toList(),
                cidr(json.get("IPv4AllocCIDR")),
                list(json.get("IPv4SecondaryAllocCIDRs")).stream()
                        .map(GoldenKeys::cidr)
                        .toList(),
                cidr(json.get("IPv6AllocCIDR")),
                list(json.get("IPv6SecondaryAllocCIDRs")).stream()
                        .map(GoldenKeys::cidr)
                        .toList(),
                json.get("IPv4HealthIP").asText(),
                json.get("IPv6HealthIP").asText(),
                json.get("IPv4IngressIP").asText(),
                json.get("IPv6IngressIP").asText(),
                json.get("Source").asText(),
                json.get("EncryptionKey").asInt(),
                texts(json.get("Labels")),
                texts(json.get("Annotations")),
                json.get("WireguardPubKey").asText(),
                json.get("BootID").asText());
    }

    private static String cidr(JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        int length = 0;
        for (byte octet : Base64.getDecoder().decode(json.get("Mask").asText())) {
            length += Integer.bitCount(octet & 0xff);
        }
        return json.get("IP").asText() + "/" + length;
    }

    private static Identity identity(String number, String text) {
        List<Identity.Label> labels = new ArrayList<>();
        for (String label : text.split(";", -1)) {
            if (!label.isEmpty()) {
                int colon = label.indexOf(':');
                int equals = label.indexOf('=');
                labels.add(new Identity.Label(
                        label.substring(0, colon), label.substring(colon + 1, equals), label.substring(equals + 1)));
            }
        }
        return new Identity(Long.parseLong(number), labels);
    }

    private static Endpoint endpoint(JsonNode json) {
        return new Endpoint(
                json.get("IP").asText(),
                null,
                json.get("HostIP").asText(),
                json.get("ID").asLong(),
                json.get("Key").asInt(),
                json.get("Metadata").asText(),
                json.path("K8sNamespace").asText(),
                json.path("K8sPodName").asText(),
                json.path("K8sServiceAccount").asText(),
                list(json.get("NamedPorts")).stream()
                        .map(port -> new Endpoint.NamedPort(
                                port.get("Name").asText(),
                                port.get("Port").asInt(),
                                port.get("Protocol").asText()))
                        .toList());
    }

    private static Service service(JsonNode json) {
        Map<String, BackendZone> zones = new HashMap<>();
        json.path("zones")
                .properties()
                .forEach(zone -> zones.put(
                        zone.getKey(),
                        new BackendZone(
                                zone.getValue().get("zone").asText(),
                                list(zone.getValue().get("forZones")).stream()
                                        .map(one -> one.get("name").asText())
                                        .toList())));
        return new Service(
                json.get("cluster").asText(),
                json.get("clusterID").asInt(),
                json.get("namespace").asText(),
                json.get("name").asText(),
                ports(json.get("frontends")),
                ports(json.get("backends")),
                texts(json.get("hostnames")),
                zones,
                texts(json.get("labels")),
                texts(json.get("selector")),
                json.get("includeExternal").asBoolean(),
                json.get("shared").asBoolean());
    }

    /** Fails on any field that is not known here, so that none is forgotten. */
    private static ServiceExport export(JsonNode json) {
        assertThat(json.fieldNames())
                .toIterable()
                .isSubsetOf(
                        "cluster",
                        "name",
                        "namespace",
                        "labels",
                        "annotations",
                        "Labels",
                        "Annotations",
                        "exportCreationTimestamp",
                        "ports",
                        "type",
                        "sessionAffinity",
                        "sessionAffinityConfig",
                        "ipFamilies",
                        "internalTrafficPolicy",
                        "trafficDistribution");
        assertThat(json.get("Labels")).isEqualTo(json.get("labels"));
        assertThat(json.get("Annotations")).isEqualTo(json.get("annotations"));
        JsonNode timeout = json.at("/sessionAffinityConfig/clientIP/timeoutSeconds");
        return new ServiceExport(
                json.get("cluster").asText(),
                json.get("namespace").asText(),
                json.get("name").asText(),
                texts(json.get("labels")),
                texts(json.get("annotations")),
                json.get("exportCreationTimestamp").asText(),
                list(json.get("ports")).stream()
                        .map(port -> new ServiceExport.Port(
                                port.path("name").asText(),
                                port.get("protocol").asText(),
                                textOrNull(port.get("appProtocol")),
                                port.get("port").asInt()))
                        .toList(),
                json.get("type").asText(),
                json.get("sessionAffinity").asText(),
                timeout.isMissingNode() ? null : (Integer) timeout.asInt(),
                list(json.get("ipFamilies")).stream().map(JsonNode::asText).toList(),
                textOrNull(json.get("internalTrafficPolicy")),
                textOrNull(json.get("trafficDistribution")));
    }

    private static ClusterConfig config(String cluster, JsonNode json) {
        JsonNode capabilities = json.get("capabilities");
        assertThat(json.fieldNames()).toIterable().isSubsetOf("id", "capabilities");
        assertThat(capabilities.fieldNames())
                .toIterable()
                .isSubsetOf(
                        "syncedCanaries",
                        "cached",
                        "maxConnectedClusters",
                        "serviceExportsEnabled",
                        "endpointSlicesExportMode");
        return new ClusterConfig(
                cluster,
                json.get("id").asInt(),
                capabilities.path("syncedCanaries").asBoolean(),
                capabilities.path("cached").asBoolean(),
                capabilities.path("maxConnectedClusters").asInt(),
                capabilities.has("serviceExportsEnabled")
                        ? capabilities.get("serviceExportsEnabled").asBoolean()
                        : null,
                textOrNull(capabilities.get("endpointSlicesExportMode")));
    }

    private static String textOrNull(JsonNode json) {
        return json == null || json.isNull() ? null : json.asText();
    }

    private static Map<String, Map<String, PortProtocol>> ports(JsonNode json) {
        Map<String, Map<String, PortProtocol>> byIp = new HashMap<>();
        json.properties().forEach(ip -> {
            Map<String, PortProtocol> ports = new HashMap<>();
            ip.getValue()
                    .properties()
                    .forEach(port -> ports.put(
                            port.getKey(),
                            new PortProtocol(
                                    port.getValue().get("Protocol").asText(),
                                    port.getValue().get("Port").asInt())));
            byIp.put(ip.getKey(), ports);
        });
        return byIp;
    }

    private static List<JsonNode> list(JsonNode json) {
        return json == null || json.isNull()
                ? List.of()
                : StreamSupport.stream(json.spliterator(), false).toList();
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (json != null && !json.isNull()) {
            json.properties()
                    .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        }
        return texts;
    }

    /** Cilium's own protobuf, field by field, from its zstd frame. */
    private static EndpointSlice slice(byte[] compressed) throws IOException {
        Fields fields;
        try (ZstdInputStream zstd = new ZstdInputStream(new ByteArrayInputStream(compressed))) {
            fields = Fields.of(zstd.readAllBytes());
        }
        return new EndpointSlice(
                fields.text(1),
                (int) fields.number(2),
                fields.text(3),
                fields.text(4),
                fields.map(5),
                fields.map(6),
                fields.text(7),
                fields.messages(8).stream().map(GoldenKeys::sliceEndpoint).toList(),
                fields.messages(9).stream().map(GoldenKeys::slicePort).toList());
    }

    private static SliceEndpoint sliceEndpoint(Fields fields) {
        Fields conditions = fields.messages(2).stream().findFirst().orElseGet(Fields::new);
        Fields hints = fields.messages(8).stream().findFirst().orElseGet(Fields::new);
        return new SliceEndpoint(
                fields.texts(1),
                conditions.truth(1),
                conditions.truth(2),
                conditions.truth(3),
                fields.text(3),
                fields.text(6),
                fields.text(7),
                hints.messages(1).stream().map(zone -> zone.text(1)).toList(),
                hints.messages(2).stream().map(node -> node.text(1)).toList());
    }

    private static SlicePort slicePort(Fields fields) {
        return new SlicePort(
                fields.text(1),
                fields.text(2),
                fields.has(3) ? (Integer) (int) fields.number(3) : null,
                fields.text(4));
    }

    /** The fields of one message, by number. */
    private static final class Fields {
        private final Map<Integer, List<Object>> values = new HashMap<>();

        static Fields of(byte[] bytes) {
            Fields fields = new Fields();
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            try {
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    Object value = switch (WireFormat.getTagWireType(tag)) {
                        case WireFormat.WIRETYPE_VARINT -> in.readInt64();
                        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.readByteArray();
                        default -> throw new IOException("wire type of tag " + tag);
                    };
                    fields.values
                            .computeIfAbsent(WireFormat.getTagFieldNumber(tag), none -> new ArrayList<>())
                            .add(value);
                }
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            }
            return fields;
        }

        boolean has(int number) {
            return values.containsKey(number);
        }

        long number(int number) {
            return has(number) ? (long) values.get(number).getFirst() : 0;
        }

        Boolean truth(int number) {
            return has(number) ? (Boolean) (number(number) != 0) : null;
        }

        String text(int number) {
            List<String> texts = texts(number);
            return texts.isEmpty() ? null : texts.getFirst();
        }

        List<String> texts(int number) {
            return values.getOrDefault(number, List.of()).stream()
                    .map(bytes -> new String((byte[]) bytes, java.nio.charset.StandardCharsets.UTF_8))
                    .toList();
        }

        List<Fields> messages(int number) {
            return values.getOrDefault(number, List.of()).stream()
                    .map(bytes -> Fields.of((byte[]) bytes))
                    .toList();
        }

        Map<String, String> map(int number) {
            Map<String, String> map = new HashMap<>();
            messages(number).forEach(entry -> map.put(entry.text(1), entry.text(2)));
            return map;
        }
    }
}
