package io.meshlog.events.etcd.value;

import io.meshlog.events.model.Resource;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import java.util.Map;

/** Cilium's {@code ClusterService} (pkg/clustermesh/store), as JSON. */
final class ServiceForm implements ValueForm {
    @Override
    public byte[] encode(Resource resource) {
        Service service = (Service) resource;
        return GoJson.object(json -> {
            json.text("cluster", service.cluster())
                    .text("namespace", service.namespace())
                    .text("name", service.name());
            ports(json, "frontends", service.frontends());
            ports(json, "backends", service.backends());
            if (!service.hostnames().isEmpty()) {
                json.texts("hostnames", service.hostnames());
            }
            if (!service.zones().isEmpty()) {
                json.object(
                        "zones",
                        zones -> service.zones().forEach((ip, zone) -> zones.object(ip, inner -> zone(inner, zone))));
            }
            json.texts("labels", service.labels())
                    .texts("selector", service.selector())
                    .truth("includeExternal", service.includeExternal())
                    .truth("shared", service.shared())
                    .number("clusterID", service.clusterId());
        });
    }

    private static void ports(GoJson json, String name, Map<String, Map<String, PortProtocol>> byIp) {
        json.object(
                name,
                ips -> byIp.forEach((ip, byName) -> ips.object(
                        ip,
                        names -> byName.forEach((port, layer4) -> names.object(
                                port,
                                inner -> inner.text("Protocol", layer4.protocol())
                                        .number("Port", layer4.port()))))));
    }

    private static void zone(GoJson json, BackendZone zone) {
        json.text("zone", zone.zone());
        json.array("forZones", zone.forZones(), (inner, name) -> inner.text("name", name));
    }

    @Override
    public Resource decode(String cluster, String name, byte[] bytes) {
        JsonFields json = JsonFields.parse(bytes);
        return new Service(
                json.text("cluster"),
                (int) json.number("clusterID"),
                json.text("namespace"),
                json.text("name"),
                ports(json, "frontends"),
                ports(json, "backends"),
                json.texts("hostnames"),
                json.map(
                        "zones",
                        zone -> new BackendZone(zone.text("zone"), zone.list("forZones", one -> one.text("name")))),
                json.texts("labels"),
                json.texts("selector"),
                json.truth("includeExternal"),
                json.truth("shared"));
    }

    private static Map<String, Map<String, PortProtocol>> ports(JsonFields json, String name) {
        Map<String, Map<String, PortProtocol>> byIp = new java.util.LinkedHashMap<>();
        JsonFields ips = json.object(name);
        ips.node()
                .fieldNames()
                .forEachRemaining(ip -> byIp.put(
                        ip, ips.map(ip, port -> new PortProtocol(port.text("Protocol"), (int) port.number("Port")))));
        return byIp;
    }
}
