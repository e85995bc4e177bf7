package io.meshlog.publisher.export;

import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.IpAddresses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Services and their endpoint slices. Affinity is not exported: it tells a cluster how to use others' backends, not what
 * its own are.
 */
final class ServiceRule {
    /** Services with this label are left to another service proxy. */
    private static final String SERVICE_PROXY_LABEL = "service.kubernetes.io/service-proxy-name";

    private static final String HEADLESS_LABEL = "service.kubernetes.io/headless";
    private static final String MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
    /** Copies of other clusters' slices; exported, they would come back to where they are from. */
    private static final String MIRROR = "endpointslice-mesh-controller.cilium.io";

    private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");
    private static final String FQDN = "FQDN";

    private final ExportSettings settings;

    ServiceRule(ExportSettings settings) {
        this.settings = settings;
    }

    /**
     * Whether the service is offered to other clusters: global and, where that is said, shared. A service that the
     * fleet's hub exported is so in its own right, whatever Cilium's annotations say.
     */
    static boolean isOffered(CoreService service) {
        Map<String, String> annotations = service.meta().annotations();
        if (service.meta().labels().containsKey(SERVICE_PROXY_LABEL)) {
            return false;
        }
        return Annotations.FLEET_EXPORTED.truth(annotations, false)
                || Annotations.GLOBAL_SERVICE.truth(annotations, false)
                        && Annotations.SHARED_SERVICE.truth(annotations, true);
    }

    /** Whether the slice tells of this cluster's own endpoints of some service, and is not left to another proxy. */
    static boolean isOwn(DiscoverySlice slice) {
        Map<String, String> labels = slice.meta().labels();
        return !slice.serviceName().isEmpty()
                && !MIRROR.equals(labels.get(MANAGED_BY_LABEL))
                && !labels.containsKey(SERVICE_PROXY_LABEL);
    }

    EndpointSlice export(DiscoverySlice slice) {
        return new EndpointSlice(
                settings.cluster(),
                settings.clusterId(),
                slice.meta().namespace(),
                slice.meta().name(),
                slice.meta().labels(),
                slice.meta().annotations(),
                slice.addressType(),
                slice.endpoints(),
                slice.ports());
    }

    /** @param slices its own slices; of two that tell of one address the later counts */
    Service export(CoreService service, List<DiscoverySlice> slices) {
        Map<String, Map<String, PortProtocol>> backends = new HashMap<>();
        Map<String, String> hostnames = new HashMap<>();
        Map<String, BackendZone> zones = new HashMap<>();
        for (DiscoverySlice slice : slices) {
            if (slice.addressType().equals(FQDN)) {
                continue;
            }
            Map<String, PortProtocol> ports = ports(slice);
            endpointsByAddress(slice).forEach((address, endpoint) -> {
                if (takesTraffic(endpoint)) {
                    backends.put(address, ports);
                    describe(endpoint, address, hostnames, zones);
                }
            });
        }
        return new Service(
                settings.cluster(),
                settings.clusterId(),
                service.meta().namespace(),
                service.meta().name(),
                frontends(service),
                backends,
                hostnames,
                zones,
                service.meta().labels(),
                service.selector(),
                true,
                true);
    }

    /** Of two endpoints of one slice with one address the last counts, also where that one takes no traffic. */
    private static Map<String, SliceEndpoint> endpointsByAddress(DiscoverySlice slice) {
        Map<String, SliceEndpoint> byAddress = new HashMap<>();
        for (SliceEndpoint endpoint : slice.endpoints()) {
            endpoint.addresses().stream()
                    .flatMap(address -> IpAddresses.canonical(address).stream())
                    .forEach(address -> byAddress.put(address, endpoint));
        }
        return byAddress;
    }

    private static void describe(
            SliceEndpoint endpoint, String address, Map<String, String> hostnames, Map<String, BackendZone> zones) {
        String hostname = endpoint.hostname();
        if (hostname != null && !hostname.isEmpty()) {
            hostnames.put(address, hostname);
        }
        String zone = endpoint.zone();
        if (zone != null && !zone.isEmpty()) {
            zones.put(address, new BackendZone(zone, endpoint.forZones()));
        }
    }

    /** Ready or serving; a condition that is unset counts as true, as in Cilium: unready with serving unset is a backend. */
    private static boolean takesTraffic(SliceEndpoint endpoint) {
        return !Boolean.FALSE.equals(endpoint.ready()) || !Boolean.FALSE.equals(endpoint.serving());
    }

    private static Map<String, PortProtocol> ports(DiscoverySlice slice) {
        Map<String, PortProtocol> ports = new HashMap<>();
        for (SlicePort port : slice.ports()) {
            String protocol = port.protocol() == null ? "TCP" : port.protocol();
            Integer number = port.port();
            if (number != null && PROTOCOLS.contains(protocol)) {
                ports.put(port.name() == null ? "" : port.name(), new PortProtocol(protocol, number));
            }
        }
        return ports;
    }

    /** None for a headless service; for one without any ClusterIP, as of type ExternalName, the empty one. */
    private static Map<String, Map<String, PortProtocol>> frontends(CoreService service) {
        Map<String, Map<String, PortProtocol>> frontends = new HashMap<>();
        if (isHeadless(service)) {
            return frontends;
        }
        Map<String, PortProtocol> ports = new HashMap<>();
        service.ports().forEach(port -> ports.put(port.name(), new PortProtocol(port.protocol(), port.port())));
        service.clusterIps().forEach(ip -> frontends.put(ip, ports));
        return frontends;
    }

    static boolean isHeadless(CoreService service) {
        return service.meta().labels().containsKey(HEADLESS_LABEL)
                || service.clusterIps().getFirst().equalsIgnoreCase("None");
    }
}
