package io.meshlog.publisher.export;

import static io.meshlog.publisher.export.Objects.namespace;
import static io.meshlog.publisher.export.Objects.service;
import static io.meshlog.publisher.export.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Service;
import io.meshlog.events.model.Service.BackendZone;
import io.meshlog.events.model.Service.PortProtocol;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange.Upserted;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceExportTest {
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
    void aServiceWithoutAnnotationsIsNotExported() {
        given(service("web", "", SPEC), webSlice("{addresses: [10.1.0.1]}"));

        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void aGlobalServiceIsExportedWithAllItsFields() {
        given(service("web", GLOBAL, SPEC), webSlice("{addresses: [10.1.0.1], conditions: {ready: true}}"));

        assertThat(Objects.declared(policy).get(WEB))
                .isEqualTo(new Service(
                        "eastus",
                        1,
                        "shop",
                        "web",
                        Map.of("10.96.0.1", Map.of("http", new PortProtocol("TCP", 80))),
                        Map.of("10.1.0.1", Map.of("http", new PortProtocol("TCP", 8080))),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of("app", "web"),
                        true,
                        true));
        assertThat(Objects.declared(policy)).containsKey(WEB_SLICE);
    }

    /** Cilium lower-cases and compares with "true": Go's other spellings of truth do not count. */
    @ParameterizedTest
    @CsvSource({"true,true", "True,true", "TRUE,true", "yes,false", "1,false", "t,false", "'',false", "false,false"})
    void onlyTheWordTrueCountsInAnyCase(String value, boolean exported) {
        given(service("web", "service.cilium.io/global: \"" + value + "\"", SPEC));

        assertThat(Objects.declared(policy).containsKey(WEB)).isEqualTo(exported);
    }

    @Test
    void theOldSpellingsCountWhereTheNewAreNotThere() {
        given(service("web", "io.cilium/global-service: \"true\"", SPEC));
        assertThat(Objects.declared(policy)).containsKey(WEB);

        given(service("web", "io.cilium/global-service: \"true\", io.cilium/shared-service: \"false\"", SPEC));
        assertThat(Objects.declared(policy)).isEmpty();

        given(service("web", "io.cilium/global-service: \"true\", service.cilium.io/global: \"false\"", SPEC));
        assertThat(Objects.declared(policy)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true,true", "True,true", "false,false", "yes,false", "'',false"})
    void aGlobalServiceIsSharedUnlessItSaysOtherwise(String shared, boolean exported) {
        given(service("web", GLOBAL + ", service.cilium.io/shared: \"" + shared + "\"", SPEC));

        assertThat(Objects.declared(policy).containsKey(WEB)).isEqualTo(exported);
    }

    @Test
    void sharedAloneExportsNothing() {
        given(service("web", "service.cilium.io/shared: \"true\"", SPEC));

        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void affinityIsNotExported() {
        given(service("web", GLOBAL, SPEC));
        Declared without = Objects.declared(policy).get(WEB);

        ExportDelta delta = given(service("web", GLOBAL + ", service.cilium.io/affinity: local", SPEC));

        assertThat(delta.changes()).isEmpty();
        assertThat(Objects.declared(policy).get(WEB)).isEqualTo(without);
    }

    @Test
    void theHubsExportCountsInItsOwnRight() {
        given(service("web", "fleet.azure.com/exported: \"true\"", SPEC), webSlice("{addresses: [10.1.0.1]}"));
        assertThat(Objects.declared(policy)).containsOnlyKeys(WEB_SLICE, WEB);

        given(service("web", "fleet.azure.com/exported: \"true\", service.cilium.io/global: \"false\"", SPEC));
        assertThat(Objects.declared(policy)).containsOnlyKeys(WEB_SLICE, WEB);

        given(service("web", "fleet.azure.com/exported: \"yes\"", SPEC));
        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void aServiceOfAnotherProxyIsNotExported() {
        given(Objects.one("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  namespace: shop
                  annotations: {service.cilium.io/global: "true"}
                  labels: {service.kubernetes.io/service-proxy-name: other}
                spec: {clusterIP: 10.96.0.1}
                """));

        assertThat(Objects.declared(policy)).isEmpty();
    }

    @Test
    void aHeadlessServiceHasNoFrontendsAndItsBackendsHaveHostnames() {
        given(
                service("web", GLOBAL, "clusterIP: None, clusterIPs: [None], ports: [{port: 80}]"),
                webSlice("{addresses: [10.1.0.1], hostname: web-0}"));

        assertThat(web().frontends()).isEmpty();
        assertThat(web().hostnames()).containsExactly(Map.entry("10.1.0.1", "web-0"));
        assertThat(web().backends()).containsOnlyKeys("10.1.0.1");
    }

    @Test
    void theHeadlessLabelDoesTheSame() {
        given(Objects.one("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  namespace: shop
                  annotations: {service.cilium.io/global: "true"}
                  labels: {service.kubernetes.io/headless: ""}
                spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}
                """));

        assertThat(web().frontends()).isEmpty();
    }

    @Test
    void aDualStackServiceHasAFrontendForEachFamily() {
        given(
                service("web", GLOBAL, "clusterIPs: [10.96.0.1, \"fd00:0::1\"], ports: [{port: 80}]"),
                webSlice("{addresses: [10.1.0.1]}"),
                slice("web-6", "kubernetes.io/service-name: web", "IPv6", "{addresses: [\"FD00::2\"]}"));

        assertThat(web().frontends()).containsOnlyKeys("10.96.0.1", "fd00::1");
        assertThat(web().backends()).containsOnlyKeys("10.1.0.1", "fd00::2");
    }

    @Test
    void anExternalNameHasTheEmptyFrontend() {
        given(service("web", GLOBAL, "type: ExternalName, externalName: example.test"));

        assertThat(web().frontends()).isEqualTo(Map.of("", Map.of()));
        assertThat(web().backends()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "ready: true, true",
        "ready: false, true",
        "'ready: false, serving: true', true",
        "'ready: false, serving: true, terminating: true', true",
        "'ready: false, serving: false', false",
        "'ready: false, serving: false, terminating: true', false",
        "'ready: true, serving: false', true",
        "serving: false, true"
    })
    void aBackendIsReadyOrServing(String conditions, boolean backend) {
        given(service("web", GLOBAL, SPEC), webSlice("{addresses: [10.1.0.1], conditions: {" + conditions + "}}"));

        assertThat(web().backends().containsKey("10.1.0.1")).isEqualTo(backend);
        assertThat(Objects.declared(policy)).containsKey(WEB_SLICE);
    }

    @Test
    void zonesAndHintsTravelWithTheBackends() {
        given(
                service("web", GLOBAL, SPEC),
                webSlice(
                        "{addresses: [10.1.0.1], zone: a, hints: {forZones: [{name: b}]}}, {addresses: [10.1.0.2], zone: b}"));

        assertThat(web().zones())
                .isEqualTo(Map.of(
                        "10.1.0.1", new BackendZone("a", List.of("b")), "10.1.0.2", new BackendZone("b", List.of())));
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
