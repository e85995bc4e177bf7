package io.meshlog.publisher.k8s.read;

import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.CoreService.Traffic;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.ObjectMeta;
import io.meshlog.publisher.k8s.ServiceExportObject;
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
    private static final int MAX_AFFINITY_SECONDS = 86_400;
    private static final int MAX_PORT = 65_535;

    private CoreReader() {}

    static CoreService service(ObjectMeta meta, Field document) {
        Field spec = document.get("spec");
        List<String> clusterIps = spec.get("clusterIPs").items().stream()
                .map(CoreReader::clusterIp)
                .toList();
        List<String> ips = clusterIps.isEmpty() ? List.of(clusterIp(spec.get("clusterIP"))) : clusterIps;
        return new CoreService(
                meta,
                ips,
                spec.get("ports").items().stream().map(CoreReader::port).toList(),
                spec.get("selector").texts(),
                traffic(spec, ips));
    }

    /** As the API server fills it in; a headless service without a word about families has the first of its cluster's. */
    private static Traffic traffic(Field spec, List<String> ips) {
        String type = spec.get("type").text("ClusterIP");
        boolean external = type.equals("ExternalName");
        List<String> families =
                spec.get("ipFamilies").items().stream().map(Field::requiredText).toList();
        Long timeout = spec.get("sessionAffinityConfig")
                .get("clientIP")
                .get("timeoutSeconds")
                .numberOrNull(0, MAX_AFFINITY_SECONDS);
        return new Traffic(
                type,
                spec.get("sessionAffinity").text("None"),
                timeout == null ? null : (Integer) timeout.intValue(),
                families.isEmpty() && !external
                        ? ips.stream().map(CoreReader::family).toList()
                        : families,
                external ? null : spec.get("internalTrafficPolicy").text("Cluster"),
                spec.get("trafficDistribution").textOrNull());
    }

    private static String family(String clusterIp) {
        return clusterIp.indexOf(':') < 0 ? "IPv4" : "IPv6";
    }

    static ServiceExportObject export(ObjectMeta meta, Field document) {
        Field spec = document.get("spec");
        return new ServiceExportObject(
                meta,
                spec.get("exportedLabels").texts(),
                spec.get("exportedAnnotations").texts());
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
                port.get("name").text(""),
                port.get("protocol").text(DEFAULT_PROTOCOL),
                (int) number.number(0, 1, MAX_PORT),
                port.get("appProtocol").textOrNull());
    }

    static DiscoverySlice slice(ObjectMeta meta, Field document) {
        Field type = document.get("addressType");
        String addressType = type.requiredText();
        if (!ADDRESS_TYPES.contains(addressType)) {
            throw type.error("\"" + addressType + "\" is none of IPv4, IPv6 and FQDN");
        }
        return new DiscoverySlice(
                meta,
                addressType,
                document.get("endpoints").items().stream()
                        .map(CoreReader::endpoint)
                        .toList(),
                document.get("ports").items().stream()
                        .map(CoreReader::slicePort)
                        .toList());
    }

    /** Addresses stay as they are written: so they are exported. */
    private static SliceEndpoint endpoint(Field endpoint) {
        Field conditions = endpoint.get("conditions");
        Field hints = endpoint.get("hints");
        return new SliceEndpoint(
                endpoint.get("addresses").items().stream()
                        .map(Field::requiredText)
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
