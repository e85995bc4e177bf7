package io.meshlog.publisher.k8s;

import io.meshlog.events.model.EndpointSlice.SliceEndpoint;
import io.meshlog.events.model.EndpointSlice.SlicePort;
import java.util.List;

/**
 * A discovery.k8s.io EndpointSlice, with the API server's defaults filled in. Its endpoints and ports are the fleet's own
 * words already: they travel as they are.
 *
 * @param addressType IPv4, IPv6 or FQDN
 */
public record DiscoverySlice(ObjectMeta meta, String addressType, List<SliceEndpoint> endpoints, List<SlicePort> ports)
        implements KubernetesObject {

    /** The label that names the slice's service. */
    public static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";

    public DiscoverySlice {
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }

    /** The service whose endpoints these are, empty where it names none. */
    public String serviceName() {
        return meta.labels().getOrDefault(SERVICE_NAME_LABEL, "");
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.ENDPOINT_SLICE;
    }
}
