package io.meshlog.events.proto;

import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.ServiceExport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Services and endpoint slices, field by field. */
final class ServiceProtos {
    private ServiceProtos() {}

    static io.meshlog.schemas.v1.Service service(Service service) {
        return io.meshlog.schemas.v1.Service.newBuilder()
                .setCluster(service.cluster())
                .setClusterId(service.clusterId())
                .setNamespace(service.namespace())
                .setName(service.name())
                .putAllFrontends(mapped(service.frontends(), ServiceProtos::ports))
                .putAllBackends(mapped(service.backends(), ServiceProtos::ports))
                .putAllHostnames(service.hostnames())
                .putAllZones(mapped(
                        service.zones(),
                        zone -> io.meshlog.schemas.v1.Service.BackendZone.newBuilder()
                                .setZone(zone.zone())
                                .addAllForZones(zone.forZones())
                                .build()))
                .putAllLabels(service.labels())
                .putAllSelector(service.selector())
                .setIncludeExternal(service.includeExternal())
                .setShared(service.shared())
                .build();
    }

    private static io.meshlog.schemas.v1.Service.Ports ports(Map<String, Service.PortProtocol> ports) {
        return io.meshlog.schemas.v1.Service.Ports.newBuilder()
                .putAllPorts(mapped(
                        ports,
                        port -> io.meshlog.schemas.v1.Service.PortProtocol.newBuilder()
                                .setProtocol(port.protocol())
                                .setPort(port.port())
                                .build()))
                .build();
    }

    static Service service(io.meshlog.schemas.v1.Service service) {
        return new Service(
                service.getCluster(),
                service.getClusterId(),
                service.getNamespace(),
                service.getName(),
                mapped(service.getFrontendsMap(), ServiceProtos::ports),
                mapped(service.getBackendsMap(), ServiceProtos::ports),
                service.getHostnamesMap(),
                mapped(service.getZonesMap(), zone -> new Service.BackendZone(zone.getZone(), zone.getForZonesList())),
                service.getLabelsMap(),
                service.getSelectorMap(),
                service.getIncludeExternal(),
                service.getShared());
    }

    private static Map<String, Service.PortProtocol> ports(io.meshlog.schemas.v1.Service.Ports ports) {
        return mapped(ports.getPortsMap(), port -> new Service.PortProtocol(port.getProtocol(), port.getPort()));
    }

    private static <A, B> Map<String, B> mapped(Map<String, A> map, Function<A, B> mapping) {
        Map<String, B> mapped = HashMap.newHashMap(map.size());
        map.forEach((key, value) -> mapped.put(key, mapping.apply(value)));
        return mapped;
    }

    static io.meshlog.schemas.v1.EndpointSlice slice(EndpointSlice slice) {
        return io.meshlog.schemas.v1.EndpointSlice.newBuilder()
                .setCluster(slice.cluster())
                .setClusterId(slice.clusterId())
                .setNamespace(slice.namespace())
                .setName(slice.name())
                .putAllLabels(slice.labels())
                .putAllAnnotations(slice.annotations())
                .setAddressType(slice.addressType())
                .addAllEndpoints(
                        slice.endpoints().stream().map(ServiceProtos::endpoint).toList())
                .addAllPorts(slice.ports().stream().map(ServiceProtos::port).toList())
                .build();
    }

    private static io.meshlog.schemas.v1.EndpointSlice.Endpoint endpoint(SliceEndpoint endpoint) {
        var builder = io.meshlog.schemas.v1.EndpointSlice.Endpoint.newBuilder()
                .addAllAddresses(endpoint.addresses())
                .addAllForZones(endpoint.forZones())
                .addAllForNodes(endpoint.forNodes());
        setIfThere(endpoint.ready(), builder::setReady);
        setIfThere(endpoint.serving(), builder::setServing);
        setIfThere(endpoint.terminating(), builder::setTerminating);
        setIfThere(endpoint.hostname(), builder::setHostname);
        setIfThere(endpoint.nodeName(), builder::setNodeName);
        setIfThere(endpoint.zone(), builder::setZone);
        return builder.build();
    }

    private static io.meshlog.schemas.v1.EndpointSlice.Port port(SlicePort port) {
        var builder = io.meshlog.schemas.v1.EndpointSlice.Port.newBuilder();
        setIfThere(port.name(), builder::setName);
        setIfThere(port.protocol(), builder::setProtocol);
        setIfThere(port.port(), builder::setPort);
        setIfThere(port.appProtocol(), builder::setAppProtocol);
        return builder.build();
    }

    private static <T> void setIfThere(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    static EndpointSlice slice(io.meshlog.schemas.v1.EndpointSlice slice) {
        return new EndpointSlice(
                slice.getCluster(),
                slice.getClusterId(),
                slice.getNamespace(),
                slice.getName(),
                slice.getLabelsMap(),
                slice.getAnnotationsMap(),
                slice.getAddressType(),
                slice.getEndpointsList().stream().map(ServiceProtos::endpoint).toList(),
                slice.getPortsList().stream().map(ServiceProtos::port).toList());
    }

    private static SliceEndpoint endpoint(io.meshlog.schemas.v1.EndpointSlice.Endpoint endpoint) {
        return new SliceEndpoint(
                endpoint.getAddressesList(),
                endpoint.hasReady() ? endpoint.getReady() : null,
                endpoint.hasServing() ? endpoint.getServing() : null,
                endpoint.hasTerminating() ? endpoint.getTerminating() : null,
                endpoint.hasHostname() ? endpoint.getHostname() : null,
                endpoint.hasNodeName() ? endpoint.getNodeName() : null,
                endpoint.hasZone() ? endpoint.getZone() : null,
                endpoint.getForZonesList(),
                endpoint.getForNodesList());
    }

    private static SlicePort port(io.meshlog.schemas.v1.EndpointSlice.Port port) {
        return new SlicePort(
                port.hasName() ? port.getName() : null,
                port.hasProtocol() ? port.getProtocol() : null,
                port.hasPort() ? port.getPort() : null,
                port.hasAppProtocol() ? port.getAppProtocol() : null);
    }

    static io.meshlog.schemas.v1.ServiceExport export(ServiceExport export) {
        var builder = io.meshlog.schemas.v1.ServiceExport.newBuilder()
                .setCluster(export.cluster())
                .setNamespace(export.namespace())
                .setName(export.name())
                .putAllLabels(export.labels())
                .putAllAnnotations(export.annotations())
                .setExportCreationTimestamp(export.exportCreationTimestamp())
                .addAllPorts(export.ports().stream().map(ServiceProtos::port).toList())
                .setType(export.type())
                .setSessionAffinity(export.sessionAffinity())
                .addAllIpFamilies(export.ipFamilies());
        setIfThere(export.sessionAffinityTimeoutSeconds(), builder::setSessionAffinityTimeoutSeconds);
        setIfThere(export.internalTrafficPolicy(), builder::setInternalTrafficPolicy);
        setIfThere(export.trafficDistribution(), builder::setTrafficDistribution);
        return builder.build();
    }

    private static io.meshlog.schemas.v1.ServiceExport.Port port(ServiceExport.Port port) {
        var builder = io.meshlog.schemas.v1.ServiceExport.Port.newBuilder()
                .setName(port.name())
                .setProtocol(port.protocol())
                .setPort(port.port());
        setIfThere(port.appProtocol(), builder::setAppProtocol);
        return builder.build();
    }

    static ServiceExport export(io.meshlog.schemas.v1.ServiceExport export) {
        return new ServiceExport(
                export.getCluster(),
                export.getNamespace(),
                export.getName(),
                export.getLabelsMap(),
                export.getAnnotationsMap(),
                export.getExportCreationTimestamp(),
                export.getPortsList().stream()
                        .map(port -> new ServiceExport.Port(
                                port.getName(),
                                port.getProtocol(),
                                port.hasAppProtocol() ? port.getAppProtocol() : null,
                                port.getPort()))
                        .toList(),
                export.getType(),
                export.getSessionAffinity(),
                export.hasSessionAffinityTimeoutSeconds() ? export.getSessionAffinityTimeoutSeconds() : null,
                export.getIpFamiliesList(),
                export.hasInternalTrafficPolicy() ? export.getInternalTrafficPolicy() : null,
                export.hasTrafficDistribution() ? export.getTrafficDistribution() : null);
    }
}
