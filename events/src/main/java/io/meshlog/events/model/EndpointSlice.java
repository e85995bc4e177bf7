package io.meshlog.events.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes EndpointSlice of an exported service, with every field of Cilium's endpoint slice record.
 *
 * @param addressType IPv4, IPv6 or FQDN
 */
public record EndpointSlice(
        String cluster,
        int clusterId,
        String namespace,
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        String addressType,
        List<SliceEndpoint> endpoints,
        List<SlicePort> ports)
        implements Declared {

    /** One endpoint; a condition that is null is unset, which readers take as Kubernetes tells them to. */
    public record SliceEndpoint(
            List<String> addresses,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            @Nullable String hostname,
            @Nullable String nodeName,
            @Nullable String zone,
            List<String> forZones,
            List<String> forNodes) {
        public SliceEndpoint {
            addresses = List.copyOf(addresses);
            forZones = List.copyOf(forZones);
            forNodes = List.copyOf(forNodes);
        }
    }

    /** One port; a null number means all ports. */
    public record SlicePort(
            @Nullable String name,
            @Nullable String protocol,
            @Nullable Integer port,
            @Nullable String appProtocol) {}

    public EndpointSlice {
        labels = Canonical.sorted(labels);
        annotations = Canonical.sorted(annotations);
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }

    @Override
    public Kind kind() {
        return Kind.ENDPOINT_SLICE;
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
