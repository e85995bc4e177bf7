package io.meshlog.publisher.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.publisher.k8s.CiliumEndpoint;
import io.meshlog.publisher.k8s.PolicyObject;
import io.meshlog.publisher.source.kubernetes.KubernetesSettings.EndpointKind;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubernetesSourceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration PROBE = Duration.ofMillis(50);
    private static final String CILIUM = "/apis/cilium.io/v2/";
    private static final String NAMESPACES = "/api/v1/namespaces";
    private static final String POLICIES = "/apis/networking.k8s.io/v1/networkpolicies";
    private static final String SERVICES = "/api/v1/services";
    private static final String NODES = CILIUM + "ciliumnodes";
    private static final String IDENTITIES = CILIUM + "ciliumidentities";
    private static final String ENDPOINTS = CILIUM + "ciliumendpoints";
    private static final String SLICES = "/apis/cilium.io/v2alpha1/ciliumendpointslices";
    private static final String EXPORTS = "/apis/multicluster.x-k8s.io/v1beta1/serviceexports";

    private final FakeApiServer server = new FakeApiServer();
    private final RecordingListener listener = new RecordingListener();
    private KubernetesSource source;

    @BeforeEach
    void serveAClusterWithCilium() throws IOException {
        server.serve(
                NAMESPACES,
                SERVICES,
                "/apis/discovery.k8s.io/v1/endpointslices",
                POLICIES,
                NODES,
                IDENTITIES,
                ENDPOINTS,
                CILIUM + "ciliumnetworkpolicies",
                CILIUM + "ciliumclusterwidenetworkpolicies");
        server.put(NAMESPACES, named("shop"));
        server.put(NODES, named("a"));
        server.start();
    }

    @AfterEach
    void stop() {
        source.close();
        server.close();
    }

    @Test
    void allObjectsAreToldOnceAndThenWhatChanges() {
        start(3);

        awaitNames("CiliumNode a", "Namespace shop");
        assertThat(listener.lists()).isEqualTo(1);

        server.put(NODES, named("b"));
        awaitNames("CiliumNode a", "CiliumNode b", "Namespace shop");
        server.delete(NODES, "/a");
        awaitNames("CiliumNode b", "Namespace shop");
        assertThat(listener.lists()).isEqualTo(1);
    }

    @Test
    void listsComeInPages() {
        IntStream.range(0, 10).forEach(i -> server.put(ENDPOINTS, endpoint("pod-" + i, 1)));

        start(3);

        await().atMost(LIMIT).until(() -> listener.names().size() == 12);
        assertThat(listsOf(ENDPOINTS)).isEqualTo(4);
    }

    @Test
    void aKindThatCiliumCannotBeWithoutIsWaitedFor() {
        server.remove(IDENTITIES);

        start(3);

        awaitProblem("the cluster has no CiliumIdentity of cilium.io/v2; it is waited for");
        assertThat(listener.lists()).isZero();

        server.serve(IDENTITIES);
        awaitNames("CiliumNode a", "Namespace shop");
        await().atMost(LIMIT).until(() -> !listener.problems().contains("CiliumIdentity"));
    }

    @Test
    void aKindThatAppearsLaterIsRead() {
        start(3);
        awaitNames("CiliumNode a", "Namespace shop");
        awaitProblem("the cluster has no ServiceExport of multicluster.x-k8s.io/v1beta1; it is waited for");

        server.serve(EXPORTS);
        server.put(EXPORTS, named("shop", "web", ""));

        awaitNames("CiliumNode a", "Namespace shop", "ServiceExport shop/web");
        await().atMost(LIMIT).until(() -> listener.problems().isEmpty());
    }

    @Test
    void aKindThatGoesIsWithdrawnAndReadAgainWhenItComesBack() {
        server.serve(EXPORTS);
        server.put(EXPORTS, named("shop", "web", ""));
        start(3);
        awaitNames("CiliumNode a", "Namespace shop", "ServiceExport shop/web");

        // The watch is there once something came by it.
        server.put(EXPORTS, named("shop", "late", ""));
        awaitNames("CiliumNode a", "Namespace shop", "ServiceExport shop/late", "ServiceExport shop/web");

        server.remove(EXPORTS);
        awaitNames("CiliumNode a", "Namespace shop");

        server.serve(EXPORTS);
        server.put(EXPORTS, named("shop", "api", ""));
        awaitNames("CiliumNode a", "Namespace shop", "ServiceExport shop/api");
    }

    @Test
    void aForgottenVersionIsListedAgainAndNothingElseIsDeleted() {
        start(3);
        awaitNames("CiliumNode a", "Namespace shop");
        server.put(NODES, named("b"));
        awaitNames("CiliumNode a", "CiliumNode b", "Namespace shop");

        server.delete(NODES, "/a");
        server.put(NODES, named("c"));
        server.forget();

        awaitNames("CiliumNode b", "CiliumNode c", "Namespace shop");
        assertThat(listener.deleted()).containsExactly("CiliumNode a");
        assertThat(listener.lists()).isEqualTo(1);
    }

    @Test
    void aWatchThatEndsGoesOnWhereItWas() {
        start(3);
        awaitNames("CiliumNode a", "Namespace shop");

        server.bookmark(NAMESPACES);
        server.put(NAMESPACES, named("b"));
        awaitNames("CiliumNode a", "Namespace b", "Namespace shop");
        server.breakWatches();
        server.put(NAMESPACES, named("late"));

        awaitNames("CiliumNode a", "Namespace b", "Namespace late", "Namespace shop");
        assertThat(server.requests.stream().filter(request -> request.startsWith(NAMESPACES + "?")))
                .filteredOn(request -> !request.contains("watch="))
                .hasSize(1);
        assertThat(server.requests.stream()
                        .filter(request -> request.startsWith(NAMESPACES) && request.contains("watch=true")))
                .hasSizeGreaterThan(1)
                .allMatch(request -> request.contains("allowWatchBookmarks=true"));
    }

    @Test
    void nothingIsWithdrawnWhileTheServerIsAway() throws IOException {
        start(3);
        awaitNames("CiliumNode a", "Namespace shop");

        server.close();
        awaitProblem("what was read stays");
        assertThat(listener.names()).containsExactly("CiliumNode a", "Namespace shop");
        server.put(NODES, named("b"));
        server.delete(NODES, "/a");
        server.start();

        awaitNames("CiliumNode b", "Namespace shop");
        assertThat(listener.deleted()).containsExactly("CiliumNode a");
        await().atMost(LIMIT).until(() -> !listener.problems().contains("stays"));
    }

    @Test
    void anObjectThatCannotBeReadStaysWhatItWas() {
        server.put(ENDPOINTS, endpoint("pod", 7));
        start(3);
        awaitNames("CiliumEndpoint shop/pod", "CiliumNode a", "Namespace shop");

        server.put(ENDPOINTS, endpoint("pod", -1));
        server.put(ENDPOINTS, endpoint("other", -1));
        awaitProblem("CiliumEndpoint shop/other cannot be read: status.identity.id: -1 is not within");
        awaitProblem("CiliumEndpoint shop/pod cannot be read: ");
        assertThat(identities()).containsExactly(7L);

        server.put(ENDPOINTS, endpoint("pod", 8));
        server.delete(ENDPOINTS, "shop/other");
        await().atMost(LIMIT).until(() -> !listener.problems().contains("cannot be read"));
        await().atMost(LIMIT).untilAsserted(() -> assertThat(identities()).containsExactly(8L));
    }

    @Test
    void listAndWatchTellTheSameOfAnObject() {
        String spec = ", spec: {podSelector: {}, ingress: [], policyTypes: [Ingress]}";
        server.put(POLICIES, named("shop", "listed", spec));
        start(3);
        awaitNames("CiliumNode a", "Namespace shop", "NetworkPolicy shop/listed");

        server.put(POLICIES, named("shop", "watched", spec));
        awaitNames("CiliumNode a", "Namespace shop", "NetworkPolicy shop/listed", "NetworkPolicy shop/watched");

        assertThat(listener.objects().stream()
                        .filter(PolicyObject.class::isInstance)
                        .map(object -> ((PolicyObject) object).spec()))
                .hasSize(2)
                .allMatch(text -> text.contains("\"ingress\":[]"))
                .satisfies(specs -> assertThat(specs.get(0)).isEqualTo(specs.get(1)));
    }

    @Test
    void ciliumsConfigMapSaysWhichKindTellsOfPods() {
        String config = "/api/v1/namespaces/kube-system/configmaps/cilium-config";
        server.answer(config, """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cilium-config"},
                 "data": {"enable-cilium-endpoint-slice": "true"}}
                """);
        server.serve(SLICES);
        server.put(ENDPOINTS, endpoint("pod", 1));
        server.put(SLICES, "{metadata: {name: ces-1}, namespace: shop, endpoints: []}");

        start(new KubernetesSettings(EndpointKind.AUTO, true, 3, "kube-system"));

        awaitNames("CiliumEndpointSlice ces-1", "CiliumNode a", "Namespace shop");
    }

    private void start(int pageSize) {
        start(new KubernetesSettings(EndpointKind.CILIUM_ENDPOINT, true, pageSize, "kube-system"));
    }

    private void start(KubernetesSettings settings) {
        source = new KubernetesSource(server.client(), settings, PROBE);
        source.start(listener);
    }

    private void awaitNames(String... names) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(listener.names()).containsExactly(names));
    }

    private void awaitProblem(String text) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(listener.problems()).contains(text));
    }

    private long listsOf(String path) {
        return server.requests.stream()
                .filter(request -> request.startsWith(path + "?") && !request.contains("watch="))
                .count();
    }

    private Stream<Long> identities() {
        return listener.objects().stream()
                .filter(CiliumEndpoint.class::isInstance)
                .map(object -> ((CiliumEndpoint) object).workload().identity());
    }

    private static String named(String name) {
        return "{metadata: {name: %s}}".formatted(name);
    }

    private static String named(String namespace, String name, String rest) {
        return "{metadata: {namespace: %s, name: %s}%s}".formatted(namespace, name, rest);
    }

    private static String endpoint(String name, int identity) {
        return named("shop", name, ", status: {identity: {id: %d}}".formatted(identity));
    }
}
