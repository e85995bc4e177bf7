package io.meshlog.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The etcd face of a fleet on a real broker. */
@Timeout(1_800)
final class EtcdConformanceTest {
    private static final String PREFIX = "handed-over/";

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetInProcess fleet;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("etcd", broker, folder);
    }

    @AfterEach
    void stopFleet() {
        fleet.close();
        broker.close();
    }

    @Test
    void theTableOfChecksPasses_onEtcdAndOnMeshlog_andAcrossReplicas() {
        // given
        try (MeshApi other = fleet.startAnother("mesh-api-1")) {
            Awaitility.await().atMost(FleetInProcess.START_LIMIT).until(other::synced);

            // then
            new GoTests("").pass("TestOracle|TestMeshlog|TestReplicas", twoReplicas(other));
        }
    }

    @Test
    void ciliumsReaderSurvivesTheDeathOfEachReplica_withoutListing() {
        // given
        try (MeshApi other = fleet.startAnother("mesh-api-1")) {
            Awaitility.await().atMost(FleetInProcess.START_LIMIT).until(other::synced);

            // then
            new GoTests("cilium").pass("TestCiliumSurvivesAReplica", twoReplicas(other));
        }
    }

    private Map<String, String> twoReplicas(MeshApi other) {
        return Map.of(
                "MESHLOG_ETCD",
                "127.0.0.1:" + fleet.etcdPort(),
                "MESHLOG_ETCD_OTHER",
                "127.0.0.1:" + other.etcdPort(),
                "MESHLOG_CLUSTER",
                ScriptedCluster.NAME);
    }

    /** One watch of one replica, as a client that resumes one after the last header. */
    private static final class Resuming implements AutoCloseable, StreamObserver<WatchResponse> {
        private final ManagedChannel channel;
        private final BlockingQueue<WatchResponse> messages = new LinkedBlockingQueue<>();

        Resuming(int port, long start) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            WatchGrpc.newStub(channel)
                    .watch(this)
                    .onNext(WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8(PREFIX))
                                    .setRangeEnd(ByteString.copyFromUtf8("handed-over0"))
                                    .setStartRevision(start))
                            .build());
        }

        WatchResponse next() throws InterruptedException {
            WatchResponse next = messages.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("a message within 30 s").isNotNull();
            return next;
        }

        @Override
        public void onNext(WatchResponse message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failed) {
            // its replica is gone; the next one goes on
        }

        @Override
        public void onCompleted() {
            // as above
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    @Test
    void aWatchGoesOnAtAnotherReplica_whereItsLastHeaderSays() throws Exception {
        // given
        MeshApi other = fleet.startAnother("mesh-api-1");
        Awaitility.await().atMost(FleetInProcess.START_LIMIT).until(other::synced);
        ManagedChannel writers = NettyChannelBuilder.forAddress("127.0.0.1", fleet.etcdPort())
                .usePlaintext()
                .build();
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(writers);
        List<String> seen = new ArrayList<>();
        long first = put(kv, 0);
        long cluster;
        long last = first - 1;

        // when it is handed over again and again while somebody writes
        try (Resuming watch = new Resuming(other.etcdPort(), first)) {
            cluster = watch.next().getHeader().getClusterId();
            last = read(watch, seen, 1, last, cluster);
        }
        other.close();
        IntStream.range(1, 50).forEach(number -> put(kv, number));
        try (Resuming watch = new Resuming(fleet.etcdPort(), last + 1)) {
            last = read(watch, seen, 25, last, cluster);
        }
        try (MeshApi again = fleet.startAnother("mesh-api-1");
                Resuming watch = resumed(again, last + 1)) {
            read(watch, seen, 50, last, cluster);
        } finally {
            writers.shutdownNow();
        }

        // then nothing is lost, doubled or out of order
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 50)
                        .mapToObj(number -> PREFIX + "%03d".formatted(number))
                        .toList());
    }

    private static Resuming resumed(MeshApi replica, long start) {
        Awaitility.await().atMost(FleetInProcess.START_LIMIT).until(replica::synced);
        return new Resuming(replica.etcdPort(), start);
    }

    private static long put(KVGrpc.KVBlockingStub kv, int number) {
        return kv.put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(PREFIX + "%03d".formatted(number)))
                        .setValue(ByteString.copyFromUtf8(Integer.toString(number)))
                        .build())
                .getHeader()
                .getRevision();
    }

    /** Reads until at least so many were seen; the revision of the last header. */
    private static long read(Resuming watch, List<String> seen, int atLeast, long last, long cluster)
            throws InterruptedException {
        long revision = last;
        while (seen.size() < atLeast) {
            WatchResponse message = watch.next();
            assertThat(message.getHeader().getClusterId()).isEqualTo(cluster);
            assertThat(message.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
            revision = message.getHeader().getRevision();
            for (Event event : message.getEventsList()) {
                seen.add(event.getKv().getKey().toStringUtf8());
            }
        }
        return revision;
    }
}
