package io.meshlog.events.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service that a cluster exports to the cluster set by the Multi-Cluster Services API, with every field of Cilium's
 * record of it.
 *
 * @param labels what the derived service is labelled with; Cilium's JSON says them, and the annotations, twice
 * @param exportCreationTimestamp RFC 3339, the oldest export wins a conflict; empty where it is not known
 * @param type ClusterSetIP or Headless
 * @param sessionAffinity None or ClientIP
 * @param sessionAffinityTimeoutSeconds null where it is not said
 * @param ipFamilies IPv4 and IPv6, the primary first
 */
public record ServiceExport(
        String cluster,
        String namespace,
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        String exportCreationTimestamp,
        List<Port> ports,
        String type,
        String sessionAffinity,
        @Nullable Integer sessionAffinityTimeoutSeconds,
        List<String> ipFamilies,
        @Nullable String internalTrafficPolicy,
        @Nullable String trafficDistribution)
        implements Declared {

    /** One port; an unnamed one has the empty name. */
    public record Port(
            String name, String protocol, @Nullable String appProtocol, int port) {}

    public ServiceExport {
        labels = Canonical.sorted(labels);
        annotations = Canonical.sorted(annotations);
        ports = List.copyOf(ports);
        ipFamilies = List.copyOf(ipFamilies);
    }

    @Override
    public Kind kind() {
        return Kind.SERVICE_EXPORT;
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
