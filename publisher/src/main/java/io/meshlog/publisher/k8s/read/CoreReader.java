package io.meshlog.publisher.k8s.read;

import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.ObjectMeta;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of Kubernetes itself. What a manifest leaves out is filled in as the API server would: a port's protocol is
 * TCP, a slice's port has the empty name.
 */
final class CoreReader {
    private static final String DEFAULT_PROTOCOL = "TCP";
    private static final String FQDN = "FQDN";
    private static final Set<String> ADDRESS_TYPES = Set.of("IPv4", "IPv6", FQDN);
    private static final int MAX_PORT = 65_535;

    private CoreReader() {}

    static CoreService service(ObjectMeta meta, Field document) {
        Field spec = document.get("spec");
        List<String> clusterIps = spec.get("clusterIPs").items().stream()
                .map(CoreReader::clusterIp)
                .toList();
        return new CoreService(
                meta,
                clusterIps.isEmpty() ? List.of(clusterIp(spec.get("clusterIP"))) : clusterIps,
                spec.get("ports").items().stream().map(CoreReader::port).toList(),
                spec.get("selector").texts());
    }

    private static String clusterIp(Field field) {
        String text = field.text("");
        return text.isEmpty() || text.equalsIgnoreCase("None") ? text : Addresses.ip(field);
    }

    private static CoreService.Port port(Field port) {
        Field number = port.get("port");
        if (!number.isThere()) {
            throw number.error("is missing");
        }
        return new CoreService.Port(
                port.get("name").text(""), port.get("protocol").text(DEFAULT_PROTOCOL), (int)
                        number.number(0, 1, MAX_PORT));
    }

    static DiscoverySlice slice(ObjectMeta meta, Field document) {
        Field type = document.get("addressType");
        String addressType = type.requiredText();
        if (!ADDRESS_TYPES.contains(addressType)) {
            throw type.error("\"" + addressType + "\" is none of IPv4, IPv6 and FQDN");
        }
        boolean names = addressType.equals(FQDN);
        return new DiscoverySlice(
                meta,
                addressType,
                document.get("endpoints").items().stream()
                        .map(endpoint -> endpoint(endpoint, names))
                        .toList(),
                document.get("ports").items().stream()
                        .map(CoreReader::slicePort)
                        .toList());
    }

    private static SliceEndpoint endpoint(Field endpoint, boolean names) {
        Field conditions = endpoint.get("conditions");
        Field hints = endpoint.get("hints");
        return new SliceEndpoint(
                endpoint.get("addresses").items().stream()
                        .map(address -> names ? address.requiredText() : Addresses.ip(address))
                        .toList(),
                conditions.get("ready").truthOrNull(),
                conditions.get("serving").truthOrNull(),
                conditions.get("terminating").truthOrNull(),
                endpoint.get("hostname").textOrNull(),
                endpoint.get("nodeName").textOrNull(),
                endpoint.get("zone").textOrNull(),
                names(hints.get("forZones")),
                names(hints.get("forNodes")));
    }

    private static List<String> names(Field list) {
        return list.items().stream()
                .map(item -> item.get("name").requiredText())
                .toList();
    }

    private static SlicePort slicePort(Field port) {
        Long number = port.get("port").numberOrNull(0, MAX_PORT);
        @Nullable Integer value = number == null ? null : (Integer) number.intValue();
        return new SlicePort(
                port.get("name").text(""),
                port.get("protocol").text(DEFAULT_PROTOCOL),
                value,
                port.get("appProtocol").textOrNull());
    }
}
