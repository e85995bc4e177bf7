package io.meshlog.meshapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.meshapi.tls.TestAuthority;
import io.meshlog.meshapi.tls.TestAuthority.Signed;
import io.meshlog.meshapi.tls.TlsFiles;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.CheckpointRequest;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A whole mesh-api behind certificates, over real connections; without Kafka, so that what is permitted is not answered. */
class TlsTest {
    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("fleet");
    private final List<ManagedChannel> channels = new ArrayList<>();
    private TlsFiles files;
    private MeshApi api;

    @BeforeEach
    void start() {
        Signed server = authority.server();
        files = new TlsFiles(
                server.certificateIn(folder),
                server.keyIn(folder),
                TestAuthority.write(folder.resolve("ca.crt"), authority.certificate()));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        api = MeshApi.start(new MeshApiConfig(
                "demo",
                "mesh-api-0",
                folder.resolve("data"),
                KafkaConnection.of("127.0.0.1:1"),
                URI.create("http://127.0.0.1:1"),
                new Listen(any, any, false, files),
                new MeshApiConfig.Etcd(any, null),
                MeshApiConfig.FeedMode.EVENTS,
                GatewayLimits.DEFAULT));
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        api.close();
    }

    private ManagedChannel channel(int port, String trusted, Signed shown) throws IOException {
        return open(
                port,
                TlsChannelCredentials.newBuilder()
                        .trustManager(stream(trusted))
                        .keyManager(stream(shown.certificate()), stream(shown.key())));
    }

    private ManagedChannel open(int port, TlsChannelCredentials.Builder builder) {
        ChannelCredentials credentials = builder.build();
        ManagedChannel channel =
                Grpc.newChannelBuilder("127.0.0.1:" + port, credentials).build();
        channels.add(channel);
        return channel;
    }

    private TlsChannelCredentials.Builder trusting(String authorities) {
        try {
            return TlsChannelCredentials.newBuilder().trustManager(stream(authorities));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ByteArrayInputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private StatusResponse status(Signed shown) throws IOException {
        return status(channel(api.grpcPort(), authority.certificate(), shown));
    }

    private static StatusResponse status(ManagedChannel channel) {
        return MeshGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());
    }

    private static Status.Code code(Throwable failed) {
        return Status.fromThrowable(failed).getCode();
    }

    @Test
    void whoIsKnown_isServed_asWhatTheyAre() throws Exception {
        assertThat(status(authority.spiffe("spiffe://demo/reader/grafana")).getComponentsList())
                .anySatisfy(component -> {
                    assertThat(component.getName()).isEqualTo("certificates");
                    assertThat(component.getHealthy()).isTrue();
                });
        assertThatThrownBy(() -> status(authority.commonName("remote-eastus")))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.PERMISSION_DENIED));
        assertThatThrownBy(() -> AdminGrpc.newBlockingStub(channel(
                                api.grpcPort(),
                                authority.certificate(),
                                authority.spiffe("spiffe://demo/cluster/eastus")))
                        .checkpoint(CheckpointRequest.getDefaultInstance()))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.PERMISSION_DENIED));
    }

    @Test
    void theEtcdFace_knowsCiliumsUsers() throws Exception {
        // given
        KVGrpc.KVBlockingStub remote = KVGrpc.newBlockingStub(
                channel(api.etcdPort(), authority.certificate(), authority.commonName("remote")));
        RangeRequest heartbeat = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("cilium/.heartbeat"))
                .build();
        RangeRequest everything = RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build();

        // then
        assertThatThrownBy(() -> remote.range(everything))
                .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
        assertThatThrownBy(() -> remote.put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("cilium/cache/x"))
                        .build()))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.PERMISSION_DENIED));
        assertThatThrownBy(() -> remote.range(heartbeat))
                .as("is permitted, and a replica of nothing has nothing to answer")
                .satisfies(away -> assertThat(code(away)).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void whoIsNotKnown_isNotServed() throws Exception {
        Signed stranger = new TestAuthority("fleet").spiffe("spiffe://demo/operator/mallory");
        Signed otherFleet = authority.spiffe("spiffe://other/operator/alice");
        Instant past = Instant.now().minus(Duration.ofDays(2));
        Signed ended =
                authority.signed("CN=admin-eastus", new TestAuthority.Validity(past, past.plus(Duration.ofDays(1))));

        assertThatThrownBy(() -> status(stranger))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.UNAVAILABLE));
        assertThatThrownBy(() -> status(ended))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.UNAVAILABLE));
        assertThatThrownBy(() -> status(open(api.grpcPort(), trusting(authority.certificate()))))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.UNAVAILABLE));
        assertThatThrownBy(() -> status(otherFleet))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("is of fleet other, this is fleet demo");
    }

    @Test
    void whoseCertificateIsRefused_standsInTheLog() throws Exception {
        // given
        Logger log = (Logger) LoggerFactory.getLogger("io.meshlog.meshapi.tls");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        log.addAppender(lines);

        try {
            // when
            Signed stranger = new TestAuthority("elsewhere").commonName("admin-eastus");
            assertThatThrownBy(() -> status(stranger)).isInstanceOf(StatusRuntimeException.class);

            // then
            assertThat(lines.list)
                    .anySatisfy(line -> assertThat(line.getFormattedMessage())
                            .startsWith("a client's certificate is refused: CN=admin-eastus: "));
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void whenEverythingIsReplaced_openStreamsGoOn_andNewConnectionsSeeIt() throws Exception {
        // given a stream of a client of the old authority
        ManagedChannel old =
                channel(api.grpcPort(), authority.certificate(), authority.spiffe("spiffe://demo/reader/grafana"));
        Recording stream = new Recording();
        HealthGrpc.newStub(old).watch(HealthCheckRequest.getDefaultInstance(), stream);
        await().until(() -> !stream.heard.isEmpty());

        // when authority, certificate and key change
        TestAuthority next = new TestAuthority("next-fleet");
        Signed server = next.server();
        TestAuthority.write(files.clientAuthorities(), next.certificate());
        server.certificateIn(folder);
        server.keyIn(folder);

        // then a client of the new authority is let in
        Signed renewed = next.spiffe("spiffe://demo/reader/grafana");
        await().ignoreExceptions().until(() -> {
            var unused = status(channel(api.grpcPort(), next.certificate(), renewed));
            return true;
        });

        // and one of the old is not any more, but for its open connection
        assertThatThrownBy(() -> status(
                        channel(api.grpcPort(), next.certificate(), authority.spiffe("spiffe://demo/reader/grafana"))))
                .satisfies(refused -> assertThat(code(refused)).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(status(old).hasReplica()).isTrue();
        assertThat(stream.ended).isEmpty();
    }

    private static final class Recording implements StreamObserver<HealthCheckResponse> {
        final List<HealthCheckResponse> heard = new CopyOnWriteArrayList<>();
        final List<String> ended = new CopyOnWriteArrayList<>();

        @Override
        public void onNext(HealthCheckResponse response) {
            heard.add(response);
        }

        @Override
        public void onError(Throwable failed) {
            ended.add(failed.toString());
        }

        @Override
        public void onCompleted() {
            ended.add("completed");
        }
    }
}
