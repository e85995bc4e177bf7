package io.meshlog.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.faults.ScriptedCluster;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.AdvanceHorizonRequest;
import io.meshlog.schemas.v1.Cluster;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.Frame;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Node;
import io.meshlog.schemas.v1.Open;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that no client of ours makes, made by somebody who is let in. */
final class BadRequestsTest {
    private static final int REQUESTS = 10_000;
    private static final String HOSTILE_CLUSTER = "westus";
    private static final String PUBLISH = "meshlog.v1.Publishing/Publish";

    @TempDir
    Path folder;

    private EmbeddedKafka broker;
    private FleetInProcess fleet;
    private ManagedChannel channel;

    @BeforeEach
    void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("bad-requests", broker, folder);
        fleet.admit(HOSTILE_CLUSTER, 2);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", fleet.grpcPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stopFleet() {
        channel.shutdownNow();
        fleet.close();
        broker.close();
    }

    @Test
    void everyBadRequestIsAnsweredInWords_andTheFleetGoesOn() throws Exception {
        Mutations mutations = new Mutations(Mutations.seed());
        RawCalls calls = new RawCalls(channel);
        for (int i = 0; i < REQUESTS; i++) {
            if (i % 100 == 0) {
                fleet.cluster.sayOne();
            }
            send(calls, mutations);
        }
        new TreeMap<>(calls.ends()).forEach((end, times) -> System.out.printf("%6d %s%n", times.sum(), end));

        assertThat(calls.unexplained())
                .as("ends that say nothing, or that nobody thought of")
                .isEmpty();
        fleet.awaitSeen(FleetOnKafka.PATIENCE);
        fleet.assertNothingIsLost();
        assertThat(fleet.status().getReplica().getSynced()).isTrue();
    }

    @Test
    void errorsNameTheInputAndTheLimit() {
        var mesh = MeshGrpc.newBlockingStub(channel);
        var admin = AdminGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> mesh.get(GetRequest.newBuilder()
                        .setKey("a/nodes/" + "x".repeat(5_000))
                        .build()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("there is no a/nodes/xxx")
                .hasMessageContaining("characters...");
        assertThatThrownBy(() -> admin.admit(AdmitRequest.newBuilder()
                        .setCluster(Cluster.newBuilder().setName("UPPER").setId(3))
                        .build()))
                .hasMessageContaining("UPPER");
        assertThatThrownBy(() -> admin.admit(AdmitRequest.newBuilder()
                        .setCluster(Cluster.newBuilder().setName("far").setId(100_000))
                        .build()))
                .hasMessageContaining("100000");
        assertThatThrownBy(() -> admin.advanceHorizon(AdvanceHorizonRequest.newBuilder()
                        .setBelowRevision(Long.MAX_VALUE)
                        .build()))
                .hasMessageContaining(Long.toString(Long.MAX_VALUE));
        assertThatThrownBy(() -> mesh.list(ListRequest.newBuilder()
                                .setSelector(Selector.newBuilder().addKinds("unicorns"))
                                .build())
                        .hasNext())
                .hasMessageContaining("unicorns");
    }

    private void send(RawCalls calls, Mutations mutations) throws InterruptedException {
        String cluster = mutations.random().nextInt(5) == 0 ? "" : HOSTILE_CLUSTER;
        switch (mutations.random().nextInt(8)) {
            case 0 -> calls.send("meshlog.v1.Mesh/Get", cluster, one(mutations, get(mutations)));
            case 1 -> calls.send("meshlog.v1.Mesh/List", cluster, one(mutations, list(mutations)));
            case 2, 3 -> calls.send("meshlog.v1.Mesh/Watch", cluster, one(mutations, watch(mutations)));
            case 4 -> calls.send("meshlog.v1.Admin/Admit", cluster, one(mutations, admit(mutations)));
            case 5 ->
                calls.send(
                        "meshlog.v1.Admin/Expel",
                        cluster,
                        List.of(ExpelRequest.newBuilder()
                                .setCluster(mutations.hostile())
                                .setReason(mutations.hostile())
                                .build()
                                .toByteArray()));
            default -> calls.send(PUBLISH, HOSTILE_CLUSTER, publish(mutations));
        }
    }

    /** As it is, mutated, or nothing but chance. */
    private static List<byte[]> one(Mutations mutations, MessageLite request) {
        return List.of(bytes(mutations, request));
    }

    private static byte[] bytes(Mutations mutations, MessageLite request) {
        return switch (mutations.random().nextInt(10)) {
            case 0 -> mutations.random(mutations.random().nextInt(300));
            case 1, 2, 3 -> request.toByteArray();
            default -> mutations.of(request.toByteArray());
        };
    }

    private static GetRequest get(Mutations mutations) {
        return GetRequest.newBuilder()
                .setKey(mutations.random().nextBoolean() ? ScriptedCluster.key(0) : mutations.hostile())
                .setLinearizable(mutations.random().nextInt(10) == 0)
                .build();
    }

    private static ListRequest list(Mutations mutations) {
        return ListRequest.newBuilder().setSelector(selector(mutations)).build();
    }

    private static Selector selector(Mutations mutations) {
        Selector.Builder selector = Selector.newBuilder();
        switch (mutations.random().nextInt(5)) {
            case 0 -> selector.addKinds(mutations.hostile());
            case 1 -> selector.addClusters(mutations.hostile());
            case 2 -> selector.putLabels(mutations.hostile(), mutations.hostile());
            case 3 -> {
                for (int i = 0; i < 2_000; i++) {
                    selector.addNames("name-" + i);
                }
            }
            default -> selector.addKinds("nodes").addNamespaces(mutations.hostile());
        }
        return selector.build();
    }

    private static WatchRequest watch(Mutations mutations) {
        WatchRequest.Builder watch = WatchRequest.newBuilder().setSelector(selector(mutations));
        return switch (mutations.random().nextInt(3)) {
            case 0 ->
                watch.setResumeToken(ByteString.copyFrom(
                                mutations.random(mutations.random().nextInt(60))))
                        .build();
            case 1 -> watch.setAfterRevision(mutations.random().nextLong()).build();
            default -> watch.build();
        };
    }

    private static AdmitRequest admit(Mutations mutations) {
        return AdmitRequest.newBuilder()
                .setCluster(Cluster.newBuilder()
                        .setName(mutations.hostile())
                        .setId(mutations.random().nextInt())
                        .addPodCidrs(mutations.hostile())
                        .setMaxResources(mutations.random().nextInt()))
                .build();
    }

    private static List<byte[]> publish(Mutations mutations) {
        List<byte[]> messages = new ArrayList<>();
        PublishRequest open = PublishRequest.newBuilder()
                .setOpen(Open.newBuilder()
                        .setWriter(mutations.random().nextInt(4) == 0 ? mutations.hostile() : "publisher")
                        .setIncarnation(
                                mutations.random().nextInt(4) == 0
                                        ? mutations.hostile()
                                        : new UUID(7, mutations.random().nextInt(3)).toString())
                        .setVersion(mutations.hostile()))
                .build();
        messages.add(mutations.random().nextInt(3) == 0 ? bytes(mutations, open) : open.toByteArray());
        for (int i = mutations.random().nextInt(3); i > 0; i--) {
            messages.add(bytes(
                    mutations,
                    PublishRequest.newBuilder().setEvent(event(mutations)).build()));
        }
        return messages;
    }

    private static Event event(Mutations mutations) {
        Event.Builder event = Event.newBuilder()
                .setEventId(mutations.random().nextInt(4) == 0 ? mutations.hostile() : new UUID(1, 2).toString())
                .setSequence(
                        mutations.random().nextInt(4) == 0 ? mutations.random().nextLong() : 1);
        Resource node = Resource.newBuilder()
                .setKey(mutations.random().nextBoolean() ? HOSTILE_CLUSTER + "/nodes/a" : mutations.hostile())
                .setNode(Node.newBuilder()
                        .setName(mutations.random().nextBoolean() ? "a" : mutations.hostile())
                        .setCluster(mutations.random().nextBoolean() ? HOSTILE_CLUSTER : mutations.hostile())
                        .setClusterId(mutations.random().nextInt())
                        .setIpv4AllocCidr(mutations.hostile()))
                .build();
        return switch (mutations.random().nextInt(4)) {
            case 0 -> event.setUpsert(node).build();
            case 1 -> event.setDelete(mutations.hostile()).build();
            case 2 ->
                event.setFrame(Frame.newBuilder()
                                .setFrom(mutations.hostile())
                                .setTo(mutations.hostile())
                                .addResources(node)
                                .addResources(node))
                        .build();
            default -> event.build();
        };
    }
}
