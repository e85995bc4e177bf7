package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.SourceConfig.Manifests;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.FakeGateway;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.publisher.outbox.OutboxState.Following;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole publisher, from files to a gateway on loopback. */
class PublisherTest {
    private final FakeGateway gateway = new FakeGateway();

    @TempDir
    private Path manifests;

    private Server server;
    private Publisher publisher;

    @BeforeEach
    void startGatewayAndPublisher() throws IOException {
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(gateway)
                .intercept(gateway.headers())
                .build()
                .start();
        write("a.yaml", namespace("shop") + "---\n" + node("a"));
        publisher = new Publisher(new PublisherConfig(
                ExportSettings.ofCluster("eastus", 1),
                // The first address leads nowhere: the second has to be tried.
                List.of("127.0.0.1:1", "127.0.0.1:" + server.getPort()),
                new GatewaySecurity.InsecureDev("tester"),
                "publisher",
                new Manifests(manifests, Duration.ofMillis(50), Duration.ofMillis(10)),
                new Reconnect(Duration.ofMillis(10), Duration.ofMillis(50))));
        publisher.start();
    }

    @AfterEach
    void stop() {
        publisher.close();
        server.shutdownNow();
    }

    @Test
    void aSnapshotAndThenChangesReachTheGateway() throws IOException {
        await().until(() -> publisher.status().synced());
        assertThat(gateway.clusters).containsExactly("eastus tester");
        assertThat(gateway.requests.getFirst().getOpen().getWriter()).isEqualTo("publisher");
        assertThat(events().findFirst().orElseThrow().getFrame().getResourcesList())
                .extracting(Resource::getKey)
                .containsExactly("eastus/clusterconfigs/eastus", "eastus/nodes/a");

        write("b.yaml", node("b"));
        await().until(() ->
                events().anyMatch(event -> event.getUpsert().getKey().equals("eastus/nodes/b")));
        Files.delete(manifests.resolve("b.yaml"));
        await().until(() -> events().anyMatch(event -> event.getDelete().equals("eastus/nodes/b")));

        await().until(() -> publisher.status().synced());
        PublisherStatus status = publisher.status();
        assertThat(status.state()).isInstanceOf(Following.class);
        assertThat(status.declared()).isEqualTo(2);
        assertThat(status.revision()).isEqualTo(103);
    }

    @Test
    void aLostStreamIsReplacedInTheSameSession() throws IOException {
        await().until(() -> publisher.status().synced());

        gateway.end(Status.UNAVAILABLE);
        write("b.yaml", node("b"));

        await().until(() ->
                events().anyMatch(event -> event.getUpsert().getKey().equals("eastus/nodes/b")));
        assertThat(incarnations().distinct()).hasSize(1);
        assertThat(events().map(Event::getSequence)).containsExactly(1L, 2L);
    }

    @Test
    void aFencedSessionIsFollowedByANewOne() {
        await().until(() -> publisher.status().synced());

        gateway.forget();
        gateway.end(Status.ABORTED.withDescription("another writer"));

        await().until(() -> incarnations().distinct().count() == 2);
        await().until(() -> events().filter(Event::hasFrame).count() == 2);
    }

    @Test
    void problemsOfTheSourceStandInTheStatus() throws IOException {
        await().until(() -> publisher.status().synced());

        write("broken.yaml", "kind: [");

        await().until(() -> publisher.status().problems().size() == 1);
        assertThat(publisher.status().problems().getFirst()).startsWith("broken.yaml:");
    }

    private Stream<Event> events() {
        return gateway.requests.stream().filter(PublishRequest::hasEvent).map(PublishRequest::getEvent);
    }

    private Stream<String> incarnations() {
        return gateway.requests.stream()
                .filter(PublishRequest::hasOpen)
                .map(request -> request.getOpen().getIncarnation());
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(manifests.resolve(file), text);
    }

    private static String namespace(String name) {
        return "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}\n";
    }

    private static String node(String name) {
        return "{apiVersion: cilium.io/v2, kind: CiliumNode, metadata: {name: " + name + "}}\n";
    }
}
