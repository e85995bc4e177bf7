package io.meshlog.publisher.k8s;

import io.meshlog.events.model.Endpoint.NamedPort;
import java.util.List;

/** One pod as Cilium knows it. */
public record CiliumEndpoint(ObjectMeta meta, Workload workload) implements KubernetesObject {

    /**
     * One pod's networking, as CiliumEndpoint and CiliumEndpointSlice both tell it.
     *
     * @param podName the name of the pod, which is that of its endpoint
     * @param addresses in canonical text, IPv4 before IPv6 in each pair; empty while the pod has no network
     * @param nodeIp empty where the object does not say
     * @param identity 0 while the pod has none
     * @param encryptionKey the IPsec key index, 0 to 255
     */
    public record Workload(
            String podName,
            List<String> addresses,
            String nodeIp,
            long identity,
            int encryptionKey,
            String serviceAccount,
            List<NamedPort> namedPorts) {
        public Workload {
            addresses = List.copyOf(addresses);
            namedPorts = List.copyOf(namedPorts);
        }
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.CILIUM_ENDPOINT;
    }
}
