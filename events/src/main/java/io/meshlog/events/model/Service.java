package io.meshlog.events.model;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A service one cluster shares with the fleet, with every field of Cilium's {@code ClusterService}.
 *
 * @param frontends ClusterIP -> port name -> port; an unnamed port has the empty name
 * @param backends backend IP -> port name -> port
 * @param hostnames backend IP -> host name, for headless services
 * @param zones backend IP -> zone
 * @param includeExternal whether readers add other clusters' backends to it
 * @param shared whether its own backends are offered to other clusters
 */
public record Service(
        String cluster,
        int clusterId,
        String namespace,
        String name,
        Map<String, Map<String, PortProtocol>> frontends,
        Map<String, Map<String, PortProtocol>> backends,
        Map<String, String> hostnames,
        Map<String, BackendZone> zones,
        Map<String, String> labels,
        Map<String, String> selector,
        boolean includeExternal,
        boolean shared)
        implements Declared {

    /** A layer 4 address without its IP. */
    public record PortProtocol(String protocol, int port) {}

    /** Where a backend is and which zones should prefer it. */
    public record BackendZone(String zone, List<String> forZones) {
        public BackendZone {
            forZones = List.copyOf(forZones);
        }
    }

    public Service {
        frontends = nested(frontends);
        backends = nested(backends);
        hostnames = Canonical.sorted(hostnames);
        zones = Canonical.sorted(zones);
        labels = Canonical.sorted(labels);
        selector = Canonical.sorted(selector);
    }

    private static SortedMap<String, Map<String, PortProtocol>> nested(Map<String, Map<String, PortProtocol>> map) {
        SortedMap<String, Map<String, PortProtocol>> copy = new TreeMap<>();
        map.forEach((ip, ports) -> copy.put(ip, Canonical.sorted(ports)));
        return Canonical.sorted(copy);
    }

    @Override
    public Kind kind() {
        return Kind.SERVICE;
    }

    @Override
    public String keyNamespace() {
        return namespace;
    }

    @Override
    public String keyName() {
        return name;
    }

    @Override
    public Map<String, String> selectableLabels() {
        return labels;
    }
}
