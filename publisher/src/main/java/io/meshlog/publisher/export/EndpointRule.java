package io.meshlog.publisher.export;

import io.meshlog.events.model.Endpoint;
import io.meshlog.publisher.k8s.CiliumEndpoint.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The addresses of pods. A pod without networking has none; one without an identity is exported with identity 0. */
final class EndpointRule {
    private EndpointRule() {}

    /** By address; of two pods of one object with the same address the last counts. */
    static Map<String, Endpoint> export(String namespace, List<Workload> workloads) {
        Map<String, Endpoint> byAddress = new LinkedHashMap<>();
        for (Workload workload : workloads) {
            List<Endpoint.NamedPort> ports = workload.namedPorts().stream()
                    .map(port -> new Endpoint.NamedPort(port.name(), port.port(), port.protocol()))
                    .toList();
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
                                ports));
            }
        }
        return byAddress;
    }
}
