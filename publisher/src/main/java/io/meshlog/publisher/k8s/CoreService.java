package io.meshlog.publisher.k8s;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Service, with the API server's defaults filled in.
 *
 * @param clusterIps as written: {@code None} for a headless service, one empty text where there is no IP at all
 */
public record CoreService(
        ObjectMeta meta, List<String> clusterIps, List<Port> ports, Map<String, String> selector, Traffic traffic)
        implements KubernetesObject {

    /** A port of the service; an unnamed one has the empty name. */
    public record Port(
            String name,
            String protocol,
            int port,
            @Nullable String appProtocol) {}

    /**
     * How traffic comes to it, which only those who import it need to know.
     *
     * @param type ClusterIP, NodePort, LoadBalancer or ExternalName
     * @param sessionAffinity None or ClientIP
     * @param sessionAffinityTimeoutSeconds null where it is not said
     * @param ipFamilies the primary first
     * @param internalTrafficPolicy Cluster or Local, null where none applies
     */
    public record Traffic(
            String type,
            String sessionAffinity,
            @Nullable Integer sessionAffinityTimeoutSeconds,
            List<String> ipFamilies,
            @Nullable String internalTrafficPolicy,
            @Nullable String trafficDistribution) {
        public Traffic {
            ipFamilies = List.copyOf(ipFamilies);
        }
    }

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
