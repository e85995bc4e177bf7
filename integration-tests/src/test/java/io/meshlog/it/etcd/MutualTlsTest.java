package io.meshlog.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.options.GetOption;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetCertificates;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.publisher.outbox.OutboxState;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.PutResponse;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole fleet with certificates: Cilium's users on the etcd face, and certificates that are replaced under way. */
@Timeout(1_800)
final class MutualTlsTest {
    private static final String FLEET = "tls";
    private static final String NODES = "cilium/state/nodes/v1/%s/".formatted(ScriptedCluster.NAME);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final long EVERY_MICROS = 20_000;

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetCertificates certificates;
    private FleetInProcess fleet;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        certificates = new FleetCertificates(folder.resolve("certificates"), FLEET);
        fleet = FleetInProcess.onOneBroker(FLEET, broker, folder, certificates);
    }

    @AfterEach
    void stopFleet() {
        fleet.close();
        broker.close();
    }

    @Test
    void theChecksPass_forTheUsersThatCiliumHas() {
        new GoTests("")
                .pass(
                        "TestMutualTls",
                        Map.of(
                                "MESHLOG_ETCD",
                                "127.0.0.1:" + fleet.etcdPort(),
                                "MESHLOG_CLUSTER",
                                ScriptedCluster.NAME,
                                "MESHLOG_TLS",
                                certificates.clients().toString()));
    }

    @Test
    void jetcdComesWithACertificate_andMayWhatItsUserMay() throws Exception {
        try (Client remote = Client.builder()
                .endpoints("https://127.0.0.1:" + fleet.etcdPort())
                .sslContext(certificates.sslContext("remote"))
                .build()) {
            KV kv = remote.getKVClient();
            ByteSequence nodes = ByteSequence.from(NODES, StandardCharsets.UTF_8);

            assertThat(kv.get(nodes, GetOption.builder().isPrefix(true).build())
                            .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                            .getCount())
                    .isEqualTo(fleet.cluster.said());
            assertThatThrownBy(() -> kv.put(nodes, nodes).get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .hasMessageContaining("etcdserver: permission denied");
        }
    }

    /** A watch of the nodes that never begins anew. */
    private static final class Nodes implements StreamObserver<WatchResponse> {
        final List<String> seen = new CopyOnWriteArrayList<>();
        final List<String> irregular = new CopyOnWriteArrayList<>();

        @Override
        public void onNext(WatchResponse message) {
            if (message.getCanceled()) {
                irregular.add(message.toString());
            }
            message.getEventsList()
                    .forEach(event -> seen.add(event.getKv().getKey().toStringUtf8()));
        }

        @Override
        public void onError(Throwable failed) {
            irregular.add(failed.toString());
        }

        @Override
        public void onCompleted() {
            irregular.add("completed");
        }
    }

    private ManagedChannel etcd(ChannelCredentials credentials) {
        return Grpc.newChannelBuilder("127.0.0.1:" + fleet.etcdPort(), credentials)
                .build();
    }

    private static PutResponse put(ManagedChannel channel, String name) {
        return KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("rotated/" + name))
                        .build());
    }

    private boolean isLetIn(ChannelCredentials credentials) {
        ManagedChannel channel = etcd(credentials);
        try {
            return put(channel, "a").hasHeader();
        } catch (StatusRuntimeException refused) {
            return false;
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void everyCertificateIsReplaced_andNoStreamEnds() {
        // given a watch of each face, a publisher that has something to say all the time, and an etcd client that
        // writes
        String admin = "admin-" + ScriptedCluster.NAME;
        certificates.keep(admin, "earlier");
        ManagedChannel reader = etcd(certificates.client("remote"));
        ManagedChannel writer = etcd(certificates.client(admin));
        Nodes watch = new Nodes();
        WatchGrpc.newStub(reader)
                .watch(watch)
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(NODES))
                                .setRangeEnd(ByteString.copyFromUtf8(NODES.replaceAll("/$", "0")))
                                .setStartRevision(1))
                        .build());
        put(writer, "before");
        OutboxState publishing = fleet.publisher().status().state();
        fleet.cluster.talk(EVERY_MICROS);
        try {
            // when the authority is replaced in three steps, with everybody's certificates
            certificates.anotherAuthority();
            certificates.renew();
            await("who has a new certificate is let in").atMost(LIMIT).until(() -> isLetIn(certificates.client(admin)));
            certificates.forgetEarlier();
            await("who has an earlier certificate is not let in any more")
                    .atMost(LIMIT)
                    .until(() -> !isLetIn(certificates.client("earlier")));
            put(writer, "by-an-open-connection");
            seeMore(watch, 50);
            int said = fleet.cluster.quiet();

            // then nothing is missed, on the streams that were open before
            await("all %d nodes".formatted(said)).atMost(LIMIT).until(() -> watch.seen.size() >= said);
            assertThat(watch.irregular).isEmpty();
            assertThat(watch.seen)
                    .containsExactlyElementsOf(IntStream.range(0, said)
                            .mapToObj(number -> NODES + "node-%06d".formatted(number))
                            .toList());
            fleet.awaitSeen(LIMIT);
            fleet.assertNothingIsLost();
            assertThat(fleet.publisher().status().state()).isEqualTo(publishing);
            assertThat(fleet.component("certificates").getHealthy()).isTrue();
        } finally {
            reader.shutdownNow();
            writer.shutdownNow();
        }
    }

    private void seeMore(Nodes watch, int more) {
        int wanted = watch.seen.size() + more;
        await().atMost(LIMIT).until(() -> watch.seen.size() >= wanted);
    }
}
