package io.meshlog.events.codec;

import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.ServiceExport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Services and endpoint slices, model and contract field by field. */
final class ServiceMapping {
    private ServiceMapping() {}

    static io.meshlog.schemas.avro.Service service(Service service) {
        return new io.meshlog.schemas.avro.Service(
                service.cluster(),
                service.clusterId(),
                service.namespace(),
                service.name(),
                ports(service.frontends()),
                ports(service.backends()),
                service.hostnames(),
                mapped(service.zones(), zone -> new io.meshlog.schemas.avro.BackendZone(zone.zone(), zone.forZones())),
                service.labels(),
                service.selector(),
                service.includeExternal(),
                service.shared());
    }

    private static Map<String, Map<String, io.meshlog.schemas.avro.PortProtocol>> ports(
            Map<String, Map<String, Service.PortProtocol>> byIp) {
        return mapped(
                byIp,
                ports -> mapped(ports, port -> new io.meshlog.schemas.avro.PortProtocol(port.protocol(), port.port())));
    }

    static Service service(io.meshlog.schemas.avro.Service service) {
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
                byIp, ports -> mapped(ports, port -> new Service.PortProtocol(port.getProtocol(), port.getPort())));
    }

    /** In the order of the given map, which the model keeps sorted: what is encoded from it has one form. */
    private static <A, B> Map<String, B> mapped(Map<String, A> map, Function<A, B> mapping) {
        Map<String, B> mapped = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((key, value) -> mapped.put(key, mapping.apply(value)));
        return mapped;
    }

    static io.meshlog.schemas.avro.EndpointSlice slice(EndpointSlice slice) {
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

    static EndpointSlice slice(io.meshlog.schemas.avro.EndpointSlice slice) {
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

    static io.meshlog.schemas.avro.ServiceExport export(ServiceExport export) {
        return new io.meshlog.schemas.avro.ServiceExport(
                export.cluster(),
                export.namespace(),
                export.name(),
                export.labels(),
                export.annotations(),
                export.exportCreationTimestamp(),
                export.ports().stream()
                        .map(port -> new io.meshlog.schemas.avro.ExportedPort(
                                port.name(), port.protocol(), port.appProtocol(), port.port()))
                        .toList(),
                export.type(),
                export.sessionAffinity(),
                export.sessionAffinityTimeoutSeconds(),
                export.ipFamilies(),
                export.internalTrafficPolicy(),
                export.trafficDistribution());
    }

    static ServiceExport export(io.meshlog.schemas.avro.ServiceExport export) {
        return new ServiceExport(
                export.getCluster(),
                export.getNamespace(),
                export.getName(),
                export.getLabels(),
                export.getAnnotations(),
                export.getExportCreationTimestamp(),
                export.getPorts().stream()
                        .map(port -> new ServiceExport.Port(
                                port.getName(), port.getProtocol(), port.getAppProtocol(), port.getPort()))
                        .toList(),
                export.getType(),
                export.getSessionAffinity(),
                export.getSessionAffinityTimeoutSeconds(),
                export.getIpFamilies(),
                export.getInternalTrafficPolicy(),
                export.getTrafficDistribution());
    }
}
