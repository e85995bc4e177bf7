package io.meshlog.publisher.k8s;

import io.meshlog.publisher.k8s.CiliumEndpoint.Workload;
import java.util.List;

/**
 * Many pods of one namespace in one object, for clusters where one object for each would be too many.
 *
 * @param podNamespace the namespace of all its pods; empty where the object does not say
 */
public record CiliumEndpointSlice(ObjectMeta meta, String podNamespace, List<Workload> workloads)
        implements KubernetesObject {
    public CiliumEndpointSlice {
        workloads = List.copyOf(workloads);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CILIUM_ENDPOINT_SLICE;
    }
}
