package io.meshlog.publisher.k8s;

import java.util.List;
import java.util.Map;

/**
 * A Service, with the API server's defaults filled in.
 *
 * @param clusterIps as written: {@code None} for a headless service, one empty text where there is no IP at all
 */
public record CoreService(ObjectMeta meta, List<String> clusterIps, List<Port> ports, Map<String, String> selector)
        implements KubernetesObject {

    /** A port of the service; an unnamed one has the empty name. */
    public record Port(String name, String protocol, int port) {}

    public CoreService {
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        selector = Map.copyOf(selector);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.SERVICE;
    }
}
