package io.meshlog.publisher.export;

import io.meshlog.events.model.Endpoint;
import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.CiliumEndpoint.Workload;
import io.meshlog.publisher.k8s.CiliumEndpointSlice;
import io.meshlog.publisher.k8s.KubernetesObject;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The addresses of pods. A pod without networking has none; one without an identity is exported with identity 0. */
final class EndpointRule {
    private EndpointRule() {}

    /** By address; of two pods of one object with the same address the last counts. */
    static Map<String, Endpoint> export(String namespace, List<Workload> workloads) {
        Map<String, Endpoint> byAddress = new LinkedHashMap<>();
        for (Workload workload : workloads) {
            for (String address : workload.addresses()) {
                byAddress.put(
                        address,
                        new Endpoint(
                                address,
                                null,
                                workload.nodeIp(),
                                workload.identity(),
                                workload.encryptionKey(),
                                "",
                                namespace,
                                workload.podName(),
                                workload.serviceAccount(),
                                workload.namedPorts()));
            }
        }
        return byAddress;
    }

    /** All addresses an object tells of; none of one that is not there, or of another kind. */
    static Set<String> addresses(@Nullable KubernetesObject object) {
        return switch (object) {
            case CiliumEndpoint endpoint -> addresses(List.of(endpoint.workload()));
            case CiliumEndpointSlice slice -> addresses(slice.workloads());
            case null, default -> Set.of();
        };
    }

    private static Set<String> addresses(List<Workload> workloads) {
        Set<String> addresses = new LinkedHashSet<>();
        workloads.forEach(workload -> addresses.addAll(workload.addresses()));
        return addresses;
    }
}
