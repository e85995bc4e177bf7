package io.meshlog.meshapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.meshapi.tls.TestAuthority;
import io.meshlog.meshapi.tls.TestAuthority.Signed;
import io.meshlog.meshapi.tls.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a client that is connected when its certificate ends. */
class DoorsTest {
    private static final Duration MAX_AGE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("fleet");
    private Server server;

    @BeforeEach
    void serveHealth() throws IOException {
        Signed own = authority.server();
        TlsFiles files = new TlsFiles(
                own.certificateIn(folder),
                own.keyIn(folder),
                TestAuthority.write(folder.resolve("ca.crt"), authority.certificate()));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        MeshApiConfig config = new MeshApiConfig(
                "demo",
                "mesh-api-0",
                folder.resolve("data"),
                KafkaConnection.of("127.0.0.1:1"),
                URI.create("http://127.0.0.1:1"),
                new Listen(any, any, false, files),
                null,
                MeshApiConfig.FeedMode.EVENTS,
                GatewayLimits.DEFAULT);
        Doors doors = new Doors(config, InstantSource.system(), MAX_AGE);
        server = doors.at(any)
                .intercept(doors.access(any))
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private ManagedChannel channel(Signed shown) throws IOException {
        return Grpc.newChannelBuilder(
                        "127.0.0.1:" + server.getPort(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(stream(authority.certificate()))
                                .keyManager(stream(shown.certificate()), stream(shown.key()))
                                .build())
                .build();
    }

    private static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** Watches health, which by itself never ends; how it ended. */
    private static CompletableFuture<Status.Code> endOfAStream(ManagedChannel channel) {
        CompletableFuture<Status.Code> end = new CompletableFuture<>();
        HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse response) {
                // what it says is not the matter here
            }

            @Override
            public void onError(Throwable failed) {
                end.complete(Status.fromThrowable(failed).getCode());
            }

            @Override
            public void onCompleted() {
                end.complete(Status.Code.OK);
            }
        });
        return end;
    }

    private static void ask(ManagedChannel channel) {
        var unused = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    }

    @Test
    void anOldConnectionEnds_andOnlyWhoseCertificateIsGoodComesBack() throws Exception {
        // given
        Signed ending = authority.signed(
                "CN=remote",
                new TestAuthority.Validity(
                        Instant.now().minusSeconds(60), Instant.now().plusSeconds(4)));
        ManagedChannel lasting = channel(authority.commonName("remote"));
        ManagedChannel late = channel(ending);
        try {
            CompletableFuture<Status.Code> lastings = endOfAStream(lasting);
            CompletableFuture<Status.Code> lates = endOfAStream(late);

            // then both streams end as if the server had gone away, which clients resume after
            await().atMost(LIMIT).until(() -> lastings.isDone() && lates.isDone());
            assertThat(lastings).isCompletedWithValue(Status.Code.UNAVAILABLE);
            assertThat(lates).isCompletedWithValue(Status.Code.UNAVAILABLE);

            // and one of the two is let in again
            ask(lasting);
            assertThatThrownBy(() -> ask(late))
                    .as("its TLS session is resumed without a look at the certificate, or it is not: it is refused")
                    .satisfies(
                            refused -> assertThat(Status.fromThrowable(refused).getCode())
                                    .isIn(Status.Code.UNAVAILABLE, Status.Code.UNAUTHENTICATED));
        } finally {
            lasting.shutdownNow();
            late.shutdownNow();
        }
    }
}
