package io.meshlog.meshapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole mesh-api with nothing around it: no Kafka, no registry, no projector. */
final class MeshApiTest {
    @TempDir
    Path folder;

    private MeshApiConfig config() {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new MeshApiConfig(
                "test",
                "mesh-api-0",
                folder,
                KafkaConnection.of("127.0.0.1:1"),
                URI.create("http://127.0.0.1:1"),
                new Listen(any, any, true),
                new MeshApiConfig.Etcd(any, null),
                MeshApiConfig.FeedMode.EVENTS,
                GatewayLimits.DEFAULT);
    }

    @Test
    void withoutKafka_itServesAndSaysWhatIsMissing() throws Exception {
        try (MeshApi api = MeshApi.start(config())) {
            // given
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            InetAddress.getLoopbackAddress().getHostAddress(), api.grpcPort())
                    .usePlaintext()
                    .build();
            var mesh = MeshGrpc.newBlockingStub(channel);

            // then
            StatusResponse status = mesh.status(StatusRequest.getDefaultInstance());
            assertThat(status.getReplica().getName()).isEqualTo("mesh-api-0");
            assertThat(status.getReplica().getSynced()).isFalse();
            assertThat(status.getConditionsList()).anyMatch(words -> words.contains("not founded"));
            assertThatThrownBy(() -> mesh.list(ListRequest.getDefaultInstance()).hasNext())
                    .hasMessageContaining("UNAVAILABLE");
            assertThatThrownBy(() -> AdminGrpc.newBlockingStub(channel)
                            .admit(AdmitRequest.newBuilder()
                                    .setCluster(Cluster.newBuilder()
                                            .setName("eastus")
                                            .setId(1))
                                    .build()))
                    .hasMessageContaining("UNAVAILABLE");
            await().until(() -> mesh.status(StatusRequest.getDefaultInstance()).getComponentsList().stream()
                    .anyMatch(component -> component.getState().contains("does not answer")));
            assertThat(get(api, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(api, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(api, "/metrics").body())
                    .contains("meshlog_replica_synced 0")
                    .contains("meshlog_grpc_calls_total{code=\"OK\",method=\"meshlog.v1.Mesh/Status\"}");
            channel.shutdownNow();
        }
    }

    @Test
    void anAddressThatIsTaken_isNamed_andNothingStaysOpen() {
        try (MeshApi first = MeshApi.start(config())) {
            MeshApiConfig same = config();
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), first.httpPort());
            MeshApiConfig second = new MeshApiConfig(
                    same.fleet(),
                    "mesh-api-1",
                    folder.resolve("second"),
                    same.kafka(),
                    same.registry(),
                    new Listen(same.listen().grpc(), taken, true),
                    same.etcd(),
                    same.feed(),
                    same.limits());

            // then
            assertThatThrownBy(() -> MeshApi.start(second)).hasMessageContaining("http.bind");
            // what was opened before it was closed again: the store's folder can be had
            assertThatThrownBy(() -> MeshApi.start(second)).hasMessageContaining("http.bind");
        }
    }

    private static HttpResponse<String> get(MeshApi api, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:%d%s".formatted(api.httpPort(), path));
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
