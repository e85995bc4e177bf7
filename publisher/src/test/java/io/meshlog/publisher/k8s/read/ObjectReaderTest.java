package io.meshlog.publisher.k8s.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.publisher.k8s.CoreService;
import io.meshlog.publisher.k8s.DiscoverySlice;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import io.meshlog.publisher.source.manifest.YamlTrees;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectReaderTest {
    @Test
    void documentsListsAndListsOfOneKindAreRead() {
        ReadObjects read = read("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: one}
                ---
                # nothing here
                ---
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Namespace
                  metadata: {name: two}
                ---
                {"apiVersion": "v1", "kind": "NamespaceList", "items": [{"metadata": {"name": "three"}}]}
                """);

        assertThat(read.objects())
                .extracting(placed -> placed.object().reference().toString(), Placed::place)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Namespace one", "a.yaml:1"),
                        org.assertj.core.groups.Tuple.tuple("Namespace two", "a.yaml:10"),
                        org.assertj.core.groups.Tuple.tuple("Namespace three", "a.yaml:14"));
    }

    @Test
    void kindsThatAreNotReadAreNamed() {
        ReadObjects read = read("""
                {apiVersion: multicluster.x-k8s.io/v1beta1, kind: ServiceImport, metadata: {name: x}}
                ---
                {apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: x}}
                """);

        assertThat(read.objects()).isEmpty();
        assertThat(read.ignored())
                .containsExactly("multicluster.x-k8s.io/v1beta1 ServiceImport", "serving.knative.dev/v1 Service");
    }

    @Test
    void whatAManifestLeavesOutIsFilledInAsTheApiServerWould() {
        CoreService service = (CoreService) one("""
                {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
                 spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}}
                """);
        DiscoverySlice slice = (DiscoverySlice) one("""
                {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, namespace: shop},
                 addressType: IPv4, ports: [{port: 80}], endpoints: null}
                """);

        assertThat(service.clusterIps()).containsExactly("10.96.0.1");
        assertThat(service.ports()).containsExactly(new CoreService.Port("", "TCP", 80, null));
        assertThat(slice.ports().getFirst().protocol()).isEqualTo("TCP");
        assertThat(slice.ports().getFirst().name()).isEmpty();
        assertThat(slice.endpoints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"fd00:0:0::1,fd00::1", "FD00::A,fd00::a", "::ffff:10.0.0.1,10.0.0.1", "10.0.0.1,10.0.0.1"})
    void addressesBecomeCanonical(String text, String canonical) {
        Field field = Field.root("", Tree.of(Map.of("ip", text)));

        assertThat(Addresses.ip(field.get("ip"))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.256", "10.0.0", "web.example.test", "fe80::1%eth0", "10.0.0.0/24", "010.0.0.1", "10.0.0.*"})
    void whatIsNoAddressIsRefused(String text) {
        Field field = Field.root("", Tree.of(Map.of("ip", text)));

        assertThatThrownBy(() -> Addresses.ip(field.get("ip"))).hasMessage("ip: \"" + text + "\" is not an IP address");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: a},\n spec: {ipam: {podCIDRs: [10.244.1.0/33]}}}",
                        "a.yaml:2: spec.ipam.podCIDRs[0]: \"10.244.1.0/33\" is not a CIDR"),
                Arguments.of(
                        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
                        "a.yaml:3: metadata.namespace: is missing"),
                Arguments.of("kind: Service", "a.yaml:1: apiVersion: is missing"),
                Arguments.of("apiVersion: v1", "a.yaml:1: kind: is missing"),
                Arguments.of("- a", "a.yaml:1: has to be a map, it is a list"),
                Arguments.of(
                        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  annotations:\n    x/y: true\n",
                        "a.yaml:6: metadata.annotations[\"x/y\"]: has to be text, it is true: put it in quotes"),
                Arguments.of(
                        "{apiVersion: v1, kind: Namespace, metadata: {name: A_B}}",
                        "a.yaml:1: metadata.name: \"A_B\" is not a Kubernetes name"),
                Arguments.of(
                        "{apiVersion: v1, kind: Namespace, metadata: {name: a/b}}",
                        "a.yaml:1: metadata.name: \"a/b\" is not a Kubernetes name"),
                Arguments.of(
                        "{apiVersion: cilium.io/v2, kind: CiliumIdentity, metadata: {name: web}}",
                        "a.yaml:1: metadata.name: \"web\" is not an identity's number"),
                Arguments.of(
                        "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b}, spec: {ports: [{port: 70000}]}}",
                        "a.yaml:1: spec.ports[0].port: 70000 is not within 1 and 65535"),
                Arguments.of(
                        "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b}, spec: {ports: [{port: x}]}}",
                        "a.yaml:1: spec.ports[0].port: has to be a whole number, it is \"x\""),
                Arguments.of(
                        "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a, namespace: b}, addressType: IP}",
                        "a.yaml:1: addressType: \"IP\" is none of IPv4, IPv6 and FQDN"),
                Arguments.of(
                        "{apiVersion: cilium.io/v2, kind: CiliumEndpoint, metadata: {name: a, namespace: b}, status: {encryption: {key: 256}}}",
                        "a.yaml:1: status.encryption.key: 256 is not within 0 and 255"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void errorsNameFileLineAndPath(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(FieldException.class).hasMessage(message);
    }

    private static Object one(String yaml) {
        return read(yaml).objects().getFirst().object();
    }

    private static ReadObjects read(String yaml) {
        List<Field> documents = YamlTrees.read("a.yaml", yaml);
        return ObjectReader.read(documents);
    }
}
