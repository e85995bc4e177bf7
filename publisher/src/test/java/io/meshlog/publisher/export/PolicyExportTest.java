package io.meshlog.publisher.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Policy;
import io.meshlog.events.model.ResourceKey;
import org.junit.jupiter.api.Test;

/** Policies go out whole, of namespaces that take part and of the cluster. */
class PolicyExportTest {
    private static final String SAME_NAMES = """
            {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: ops, annotations: {clustermesh.cilium.io/global: "false"}}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web, namespace: shop}, spec: {podSelector: {}}}
            ---
            apiVersion: cilium.io/v2
            kind: CiliumNetworkPolicy
            metadata: {name: web, namespace: shop, labels: {team: storefront}}
            spec:
              ingress:
              - toPorts:
                - ports: [{port: "80", protocol: TCP}]
                  rules: {http: [{path: "/a\\\"b", method: GET}]}
              endpointSelector: {matchLabels: {app: web}}
            ---
            {apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: own, namespace: ops}, spec: {}}
            ---
            {apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: web}, specs: [{nodeSelector: {}}]}
            """;

    @Test
    void policiesOfAllFlavoursAreExportedWhole() {
        ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster("eastus", 1));

        policy.replace(Objects.of(SAME_NAMES));

        assertThat(Objects.declared(policy))
                .containsOnlyKeys(
                        new ResourceKey("eastus/policies//ccnp:web"),
                        new ResourceKey("eastus/policies/shop/cnp:web"),
                        new ResourceKey("eastus/policies/shop/netpol:web"));
        Policy cilium = (Policy) policy.declared().get(new ResourceKey("eastus/policies/shop/cnp:web"));
        assertThat(cilium.labels()).containsEntry("team", "storefront");
        assertThat(cilium.spec())
                .isEqualTo("{\"spec\":{\"endpointSelector\":{\"matchLabels\":{\"app\":\"web\"}},"
                        + "\"ingress\":[{\"toPorts\":[{\"ports\":[{\"port\":\"80\",\"protocol\":\"TCP\"}],"
                        + "\"rules\":{\"http\":[{\"method\":\"GET\",\"path\":\"/a\\\"b\"}]}}]}]}}");
    }
}
