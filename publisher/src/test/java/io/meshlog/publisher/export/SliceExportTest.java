package io.meshlog.publisher.export;

import static io.meshlog.publisher.export.Objects.namespace;
import static io.meshlog.publisher.export.Objects.service;
import static io.meshlog.publisher.export.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.EndpointSlice;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange.Deleted;
import io.meshlog.publisher.k8s.ObjectChange.Upserted;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceExportTest {
    private static final String GLOBAL = "service.cilium.io/global: \"true\"";
    private static final String SPEC = "clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80}]";
    private static final ResourceKey WEB = new ResourceKey("eastus/services/shop/web");
    private static final ResourceKey WEB_SLICE = new ResourceKey("eastus/endpointslices/shop/web-1");

    private final ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster("eastus", 1));

    @BeforeEach
    void givenAGlobalNamespace() {
        given(namespace("shop"));
    }

    @Test
    void aSliceWithoutAServiceIsNotExported() {
        given(slice("alone", "", "IPv4", "{addresses: [10.1.0.1]}"));
        given(slice("early", "kubernetes.io/service-name: later", "IPv4", "{addresses: [10.1.0.1]}"));

        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void aMirroredSliceIsNeitherExportedNorABackend() {
        given(
                service("web", GLOBAL, SPEC),
                slice(
                        "mirror",
                        "kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: endpointslice-mesh-controller.cilium.io",
                        "IPv4",
                        "{addresses: [10.9.0.1]}"));

        assertThat(Objects.declared(policy)).containsOnlyKeys(WEB);
        assertThat(web().backends()).isEmpty();
    }

    @Test
    void aSliceOfNamesIsExportedAndIsNoBackend() {
        given(
                service("web", GLOBAL, SPEC),
                slice("web-1", "kubernetes.io/service-name: web", "FQDN", "{addresses: [web.example.test]}"));

        assertThat(((EndpointSlice) Objects.declared(policy).get(WEB_SLICE)).addressType())
                .isEqualTo("FQDN");
        assertThat(web().backends()).isEmpty();
    }

    @Test
    void aPortWithoutANumberOrOfAnotherProtocolIsNoBackendPort() {
        given(service("web", GLOBAL, SPEC), Objects.one("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: all}, {name: odd, port: 1, protocol: DCCP}, {name: s, port: 2, protocol: SCTP}]
                endpoints: [{addresses: [10.1.0.1]}]
                """));

        assertThat(web().backends()).isEqualTo(Map.of("10.1.0.1", Map.of("s", new PortProtocol("SCTP", 2))));
    }

    @Test
    void ofTwoSlicesWithOneAddressTheLaterByNameCounts() {
        given(
                service("web", GLOBAL, SPEC),
                slice("web-2", "kubernetes.io/service-name: web", "IPv4", "{addresses: [10.1.0.1], hostname: two}"),
                slice("web-1", "kubernetes.io/service-name: web", "IPv4", "{addresses: [10.1.0.1], hostname: one}"));

        assertThat(web().hostnames()).containsExactly(Map.entry("10.1.0.1", "two"));
    }

    @Test
    void ofTwoEndpointsOfASliceWithOneAddressTheLastCountsReadyOrNot() {
        given(
                service("web", GLOBAL, SPEC),
                webSlice("{addresses: [10.1.0.1]},"
                        + " {addresses: [10.1.0.1], conditions: {ready: false, serving: false}},"
                        + " {addresses: [10.1.0.2], conditions: {ready: false, serving: false}},"
                        + " {addresses: [10.1.0.2]}"));

        assertThat(web().backends()).containsOnlyKeys("10.1.0.2");
    }

    @Test
    void aSlicesAddressesAreExportedAsWrittenAndTheServicesBackendsCanonically() {
        given(service("web", GLOBAL, SPEC), webSlice("{addresses: [\"FD00:0::1\"]}, {addresses: [no-address]}"));

        assertThat(((EndpointSlice) Objects.declared(policy).get(WEB_SLICE)).endpoints())
                .extracting(EndpointSlice.SliceEndpoint::addresses)
                .containsExactly(List.of("FD00:0::1"), List.of("no-address"));
        assertThat(web().backends()).containsOnlyKeys("fd00::1");
    }

    @Test
    void aSliceOfAnotherServiceProxyIsNeitherExportedNorABackend() {
        given(
                service("web", GLOBAL, SPEC),
                slice(
                        "web-1",
                        "kubernetes.io/service-name: web, service.kubernetes.io/service-proxy-name: other",
                        "IPv4",
                        "{addresses: [10.1.0.1]}"));

        assertThat(Objects.declared(policy)).containsOnlyKeys(WEB);
        assertThat(web().backends()).isEmpty();
    }

    @Test
    void aSliceThatMovesToAnotherServiceChangesBoth() {
        given(service("web", GLOBAL, SPEC), service("other", GLOBAL, SPEC), webSlice("{addresses: [10.1.0.1]}"));

        given(slice("web-1", "kubernetes.io/service-name: other", "IPv4", "{addresses: [10.1.0.1]}"));

        assertThat(web().backends()).isEmpty();
        assertThat(((Service) Objects.declared(policy).get(new ResourceKey("eastus/services/shop/other"))).backends())
                .containsOnlyKeys("10.1.0.1");
    }

    @Test
    void aDeletedServiceTakesItsSlicesWithIt() {
        KubernetesObject service = service("web", GLOBAL, SPEC);
        given(service, webSlice("{addresses: [10.1.0.1]}"));

        ExportDelta delta = policy.apply(List.of(new Deleted(service.reference())));

        assertThat(delta.changes())
                .containsExactlyInAnyOrder(new ExportChange.Withdraw(WEB), new ExportChange.Withdraw(WEB_SLICE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOrderInWhichServiceAndSliceComeDoesNotMatter(boolean serviceFirst) {
        KubernetesObject service = service("web", GLOBAL, SPEC);
        KubernetesObject slice = webSlice("{addresses: [10.1.0.1]}");
        given(serviceFirst ? service : slice);
        given(serviceFirst ? slice : service);

        assertThat(Objects.declared(policy).keySet()).isEqualTo(Set.of(WEB, WEB_SLICE));
        assertThat(web().backends()).containsOnlyKeys("10.1.0.1");
    }

    private Service web() {
        return (Service) Objects.declared(policy).get(WEB);
    }

    private static KubernetesObject webSlice(String endpoints) {
        return slice("web-1", "kubernetes.io/service-name: web", "IPv4", endpoints);
    }

    private ExportDelta given(KubernetesObject... objects) {
        return policy.apply(List.of(objects).stream().map(Upserted::new).toList());
    }
}
