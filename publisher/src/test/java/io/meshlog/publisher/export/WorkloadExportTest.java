package io.meshlog.publisher.export;

import static io.meshlog.publisher.export.Objects.endpoint;
import static io.meshlog.publisher.export.Objects.namespace;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Endpoint;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange.Deleted;
import io.meshlog.publisher.k8s.ObjectChange.Upserted;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadExportTest {
    private static final String AT_5 = "networking: {addressing: [{ipv4: 10.1.0.5}], node: 192.168.0.1}";
    private static final ResourceKey ADDRESS_5 = new ResourceKey("eastus/endpoints/10.1.0.5");

    private ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster("eastus", 1));

    @Test
    void anEndpointIsExportedOnceForEachAddress() {
        given(namespace("shop"), endpoint("web-0", "shop", "", """
                        identity: {id: 65792},
                        networking: {addressing: [{ipv4: 10.1.0.5, ipv6: "fd00::5"}], node: 192.168.0.1},
                        encryption: {key: 3}, service-account: web,
                        named-ports: [{name: http, port: 8080, protocol: TCP}]
                        """));

        assertThat(Objects.declared(policy)).containsOnlyKeys(ADDRESS_5, new ResourceKey("eastus/endpoints/fd00::5"));
        assertThat(Objects.declared(policy).get(ADDRESS_5))
                .isEqualTo(new Endpoint(
                        "10.1.0.5",
                        null,
                        "192.168.0.1",
                        65792,
                        3,
                        "",
                        "shop",
                        "web-0",
                        "web",
                        List.of(new Endpoint.NamedPort("http", 8080, "TCP"))));
    }

    @Test
    void anEndpointWithoutAnIdentityHasIdentityZero() {
        given(namespace("shop"), endpoint("web-0", "shop", "", AT_5));

        assertThat(at5().identity()).isZero();
    }

    @Test
    void anEndpointWithoutNetworkingIsNotExported() {
        given(namespace("shop"), endpoint("web-0", "shop", "", "state: creating"));

        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void theFirstToClaimAnAddressKeepsItUntilItIsGone() {
        KubernetesObject first = endpoint("web-1", "shop", "", AT_5 + ", identity: {id: 1}");
        KubernetesObject second = endpoint("web-2", "shop", "", AT_5 + ", identity: {id: 2}");
        given(namespace("shop"), first);

        assertThat(given(second).changes()).isEmpty();
        assertThat(given(endpoint("web-2", "shop", "", AT_5 + ", identity: {id: 3}"))
                        .changes())
                .isEmpty();
        assertThat(at5().identity()).isEqualTo(1);

        policy.apply(List.of(new Deleted(first.reference())));
        assertThat(at5().identity()).isEqualTo(3);

        given(first);
        assertThat(at5().podName()).isEqualTo("web-2");

        policy.apply(List.of(new Deleted(second.reference())));
        assertThat(at5().podName()).isEqualTo("web-1");

        policy.apply(List.of(new Deleted(first.reference())));
        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void inOneBatchTheOlderObjectIsTheFirst() {
        given(
                namespace("shop"),
                endpoint("a", "shop", "2026-02-01T00:00:00Z", AT_5),
                endpoint("b", "shop", "2026-01-01T00:00:00Z", AT_5));

        assertThat(at5().podName()).isEqualTo("b");
    }

    @Test
    void aNamespaceThatLeavesTheMeshLetsGoOfItsAddresses() {
        given(namespace("shop"), namespace("other"), endpoint("a", "shop", "", AT_5));
        given(endpoint("b", "other", "", AT_5));

        given(namespace("shop", "clustermesh.cilium.io/global", "false"));

        assertThat(at5().podName()).isEqualTo("b");
    }

    @Test
    void anIrrelevantChangeChangesNothing() {
        given(namespace("shop"), endpoint("web-0", "shop", "", AT_5));

        assertThat(given(endpoint("web-0", "shop", "", AT_5 + ", state: ready")).changes())
                .isEmpty();
    }

    @Test
    void endpointSlicesCountOnlyWhereTheyAreConfigured() {
        KubernetesObject slice = Objects.one("""
                apiVersion: cilium.io/v2alpha1
                kind: CiliumEndpointSlice
                metadata: {name: ces-1}
                namespace: shop
                endpoints:
                - {name: web-0, id: 7, networking: {addressing: [{ipv4: 10.1.0.5}], node: 192.168.0.1},
                   encryption: {key: 2}, service-account: web, named-ports: [{name: http, port: 80, protocol: TCP}]}
                - {name: web-1, id: 7}
                """);
        given(namespace("shop"), slice);
        assertThat(Objects.declared(policy)).isEmpty();

        policy = new ExportPolicy(new ExportSettings("eastus", 1, true, EndpointSource.CILIUM_ENDPOINT_SLICE));
        given(namespace("shop"), slice, endpoint("other", "shop", "", "networking: {addressing: [{ipv4: 10.1.0.6}]}"));

        assertThat(Objects.declared(policy)).containsOnlyKeys(ADDRESS_5);
        assertThat(at5())
                .isEqualTo(new Endpoint(
                        "10.1.0.5",
                        null,
                        "192.168.0.1",
                        7,
                        2,
                        "",
                        "shop",
                        "web-0",
                        "web",
                        List.of(new Endpoint.NamedPort("http", 80, "TCP"))));
    }

    @Test
    void anIdentityIsExportedWithItsLabelsBySource() {
        given(namespace("shop"), Objects.one("""
                apiVersion: cilium.io/v2
                kind: CiliumIdentity
                metadata: {name: "65792"}
                security-labels: {"k8s:io.kubernetes.pod.namespace": shop, "k8s:app": web, plain: x, "$host": "",
                                  reserved.world: "", "cidr:10.0.0.0/8": "", ":odd": y}
                """));

        assertThat(Objects.declared(policy).get(new ResourceKey("eastus/identities/65792")))
                .isEqualTo(new Identity(
                        65792,
                        List.of(
                                new Identity.Label("k8s", "io.kubernetes.pod.namespace", "shop"),
                                new Identity.Label("k8s", "app", "web"),
                                new Identity.Label("unspec", "plain", "x"),
                                new Identity.Label("unspec", "odd", "y"),
                                new Identity.Label("reserved", "host", ""),
                                new Identity.Label("reserved", "world", ""),
                                new Identity.Label("cidr", "10.0.0.0/8", ""))));
    }

    @Test
    void anIdentityWithoutANamespaceIsSkippedWithAReason() {
        ExportDelta delta = given(Objects.one("""
                {apiVersion: cilium.io/v2, kind: CiliumIdentity, metadata: {name: "65792"},
                 security-labels: {"k8s:app": web}}
                """));

        assertThat(Objects.declared(policy)).isEmpty();
        assertThat(delta.skipped()).singleElement().extracting(Skipped::reason).isEqualTo("it names no namespace");
    }

    @Test
    void aNodeIsExportedWithAllItsFields() {
        given(Objects.one("""
                apiVersion: cilium.io/v2
                kind: CiliumNode
                metadata:
                  name: node-a
                  labels: {zone: a}
                  annotations: {network.cilium.io/wg-pub-key: key-new, io.cilium.network.wg-pub-key: key-old}
                spec:
                  addresses: [{type: InternalIP, ip: 192.168.0.1}, {type: Hostname, ip: node-a}]
                  bootid: b-1
                  encryption: {key: 5}
                  health: {ipv4: 10.1.0.200}
                  ingress: {ipv6: "fd00::201"}
                  ipam:
                    podCIDRs: [10.1.0.0/24, "fd00::/64", 10.1.1.7/24]
                    pools: {allocated: [{pool: p, cidrs: ["fd01::/64"]}]}
                """));

        assertThat(Objects.declared(policy).get(new ResourceKey("eastus/nodes/node-a")))
                .isEqualTo(new Node(
                        "node-a",
                        "eastus",
                        1,
                        List.of(new Node.Address("InternalIP", "192.168.0.1")),
                        "10.1.0.0/24",
                        List.of("10.1.1.0/24"),
                        "fd00::/64",
                        List.of("fd01::/64"),
                        "10.1.0.200",
                        "",
                        "",
                        "fd00::201",
                        "custom-resource",
                        5,
                        java.util.Map.of("zone", "a"),
                        java.util.Map.of(
                                "network.cilium.io/wg-pub-key", "key-new", "io.cilium.network.wg-pub-key", "key-old"),
                        "key-new",
                        "b-1"));
    }

    @Test
    void theOldSpellingOfTheWireguardKeyCountsWhereTheNewIsNotThere() {
        given(Objects.one("""
                {apiVersion: cilium.io/v2, kind: CiliumNode,
                 metadata: {name: node-a, annotations: {io.cilium.network.wg-pub-key: key-old}}}
                """));

        assertThat(((Node) Objects.declared(policy).get(new ResourceKey("eastus/nodes/node-a"))).wireguardPublicKey())
                .isEqualTo("key-old");
    }

    private Endpoint at5() {
        return (Endpoint) Objects.declared(policy).get(ADDRESS_5);
    }

    private ExportDelta given(KubernetesObject... objects) {
        return policy.apply(List.of(objects).stream().map(Upserted::new).toList());
    }
}
