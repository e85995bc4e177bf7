package io.meshlog.it.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.meshapi.MeshApiConfig;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.Checkpoint;
import io.meshlog.schemas.v1.CheckpointRequest;
import io.meshlog.schemas.v1.CheckpointResponse;
import io.meshlog.schemas.v1.CommandResponse;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.RefoundRequest;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators ask of a running fleet, from its API to the log and back. */
@Timeout(240)
final class OperatorTest {
    private static final String CLUSTER = "eastus";

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;
    private static OneIdRegistry registry;

    @BeforeAll
    static void start() throws Exception {
        broker = FleetOnKafka.broker(folder);
        registry = new OneIdRegistry();
    }

    @AfterAll
    static void stop() {
        registry.close();
        broker.close();
    }

    private static MeshApi api(FleetOnKafka fleet) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return MeshApi.start(new MeshApiConfig(
                fleet.topics.fleet(),
                "mesh-api-0",
                folder.resolve(fleet.topics.fleet() + "-api"),
                fleet.kafka,
                registry.url(),
                new Listen(any, any, true),
                GatewayLimits.DEFAULT));
    }

    private static ManagedChannel channel(MeshApi api) {
        return NettyChannelBuilder.forAddress("127.0.0.1", api.grpcPort())
                .usePlaintext()
                .build();
    }

    /** What the gateway is not ready for yet is asked again. */
    private static <T> T patiently(Supplier<T> call) {
        return await().atMost(FleetOnKafka.PATIENCE)
                .ignoreExceptionsMatching(
                        failed -> String.valueOf(failed.getMessage()).contains("UNAVAILABLE"))
                .until(call::get, answer -> true);
    }

    /** What a watch was told, a word for each message. */
    private static final class Told implements StreamObserver<WatchResponse> {
        final List<WatchResponse> messages = new CopyOnWriteArrayList<>();

        boolean was(WatchResponse.EventCase event) {
            return messages.stream().anyMatch(message -> message.getEventCase() == event);
        }

        @Override
        public void onNext(WatchResponse message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failed) {
            // the channel is shut down at the end
        }

        @Override
        public void onCompleted() {
            // the messages are all that is looked at
        }
    }

    private static WatchRequest.Builder everything() {
        return WatchRequest.newBuilder().setSelector(Selector.newBuilder().addClusters(CLUSTER));
    }

    @Test
    void aCheckpointThatIsAskedForIsThereAndListed() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("asked", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin(CLUSTER);
            fleet.upsert(CLUSTER, "a", "1");
            fleet.awaitDecided(CLUSTER);
            try (MeshApi api = api(fleet)) {
                ManagedChannel channel = channel(api);
                AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(channel);

                CheckpointResponse asked = patiently(() -> admin.checkpoint(CheckpointRequest.getDefaultInstance()));
                Checkpoint made = await("the checkpoint")
                        .atMost(FleetOnKafka.PATIENCE)
                        .until(
                                () -> admin
                                        .listCheckpoints(ListCheckpointsRequest.newBuilder()
                                                .setLimit(1)
                                                .build())
                                        .getCheckpointsList()
                                        .stream()
                                        .filter(each -> each.getPlace() >= asked.getPlace())
                                        .findFirst()
                                        .orElse(null),
                                found -> found != null);

                assertThat(made.getRevision()).isEqualTo(asked.getRevision());
                assertThat(made.getParts()).isEqualTo(1);
                assertThat(made.getBytes()).isPositive();
                channel.shutdownNow();
            }
        }
    }

    @Test
    void aRefoundingMakesEveryWatchBeginAnew_andOldTokensAreOfAnotherLog() throws Exception {
        try (FleetOnKafka fleet = new FleetOnKafka("refounded", broker.bootstrapServers(), folder)) {
            fleet.start("one");
            fleet.begin(CLUSTER);
            fleet.upsert(CLUSTER, "a", "1");
            fleet.awaitDecided(CLUSTER);
            try (MeshApi api = api(fleet)) {
                ManagedChannel channel = channel(api);
                MeshGrpc.MeshStub mesh = MeshGrpc.newStub(channel);
                await("the replica").atMost(FleetOnKafka.PATIENCE).until(api::synced);
                Told open = new Told();
                mesh.watch(everything().build(), open);
                await("the snapshot")
                        .atMost(FleetOnKafka.PATIENCE)
                        .until(() -> open.was(WatchResponse.EventCase.SYNCED));

                AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(channel);
                CommandResponse done = patiently(() -> admin.refound(
                        RefoundRequest.newBuilder().setReason("a test").build()));
                assertThat(done.getChanged()).isTrue();

                await("the open watch is told to begin anew")
                        .atMost(FleetOnKafka.PATIENCE)
                        .until(() -> open.was(WatchResponse.EventCase.RESYNC));
                await("the replica is built anew").atMost(FleetOnKafka.PATIENCE).until(api::synced);
                Told resumed = new Told();
                mesh.watch(everything().setResumeToken(token(open)).build(), resumed);
                await("the resumed watch is told to begin anew")
                        .atMost(FleetOnKafka.PATIENCE)
                        .until(() -> resumed.was(WatchResponse.EventCase.RESYNC)
                                && resumed.was(WatchResponse.EventCase.BATCH)
                                && resumed.was(WatchResponse.EventCase.SYNCED));
                channel.shutdownNow();
            }
        }
    }

    private static com.google.protobuf.ByteString token(Told told) {
        return told.messages.stream()
                .filter(message -> message.getEventCase() == WatchResponse.EventCase.SYNCED)
                .findFirst()
                .orElseThrow()
                .getSynced()
                .getResumeToken();
    }
}
