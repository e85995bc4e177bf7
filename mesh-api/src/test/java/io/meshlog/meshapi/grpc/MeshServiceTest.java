package io.meshlog.meshapi.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.watch.ResumeToken;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MeshServiceTest {
    private TestReplica test;
    private MeshGrpc.MeshBlockingStub mesh;

    @BeforeEach
    void start() throws Exception {
        test = new TestReplica();
        mesh = MeshGrpc.newBlockingStub(test.channel);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private static Selector selector(String... kinds) {
        return Selector.newBuilder().addAllKinds(List.of(kinds)).build();
    }

    private List<Resource> list(Selector selector) {
        List<Resource> all = new ArrayList<>();
        mesh.list(ListRequest.newBuilder().setSelector(selector).build())
                .forEachRemaining(message -> all.addAll(message.getResourcesList()));
        return all;
    }

    @Test
    void get_answersWithTheResourceAndTheRevision() {
        // given
        ResourceKey key = test.put(TestReplica.opaque("a"));
        test.put(TestReplica.opaque("b"));

        // when
        var response = mesh.get(GetRequest.newBuilder().setKey(key.value()).build());

        // then
        assertThat(response.getRevision()).isEqualTo(4);
        assertThat(response.getResource().getRevision()).isEqualTo(3);
        assertThat(response.getResource().getOpaque().getKey().toStringUtf8()).isEqualTo("a");
    }

    @Test
    void get_ofWhatIsNotThere_orDeleted_isNotFound() {
        // given
        ResourceKey key = test.put(TestReplica.opaque("a"));
        test.delete(key);

        // then
        for (String asked : List.of(key.value(), "eastus/opaque/never", "nonsense")) {
            assertThatThrownBy(
                            () -> mesh.get(GetRequest.newBuilder().setKey(asked).build()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failed -> assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
        }
    }

    @Test
    void linearizableGet_waitsForTheLogsEnd() throws Exception {
        // given
        ResourceKey key = test.put(TestReplica.opaque("a"));
        var future = MeshGrpc.newFutureStub(test.channel)
                .get(GetRequest.newBuilder()
                        .setKey(key.value())
                        .setLinearizable(true)
                        .build());
        await().until(() -> !test.feed.waits.isEmpty());
        assertThat(future.isDone()).isFalse();

        // when
        test.feed.waits.getFirst().complete(3L);

        // then
        assertThat(future.get().getRevision()).isEqualTo(3);
    }

    @Test
    void linearizableGet_whereTheEndIsNotReached_saysSoAndWhenToRetry() {
        // given
        var future = MeshGrpc.newFutureStub(test.channel)
                .get(GetRequest.newBuilder()
                        .setKey("eastus/opaque/a")
                        .setLinearizable(true)
                        .build());
        await().until(() -> !test.feed.waits.isEmpty());

        // when
        test.feed.waits.getFirst().completeExceptionally(new TimeoutException());

        // then
        assertThatThrownBy(future::get).rootCause().isInstanceOfSatisfying(StatusRuntimeException.class, failed -> {
            assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            var details = StatusProto.fromThrowable(failed).getDetailsList();
            assertThat(details.get(0).is(ErrorInfo.class)).isTrue();
            assertThat(details.get(1).is(RetryInfo.class)).isTrue();
        });
    }

    @Test
    void list_isInTheOrderOfKeysAndOfOneRevision() {
        // given
        test.put(TestReplica.opaque("b"));
        test.put(TestReplica.opaque("a"));
        test.put(TestReplica.service("shop", "web", Map.of("app", "web")));

        // when
        Iterator<ListResponse> responses = mesh.list(ListRequest.getDefaultInstance());

        // then
        List<String> keys = new ArrayList<>();
        responses.forEachRemaining(message -> {
            assertThat(message.getRevision()).isEqualTo(5);
            message.getResourcesList().forEach(resource -> keys.add(resource.getKey()));
        });
        assertThat(keys)
                .containsExactly(
                        "_fleet/clusters/eastus", "eastus/opaque/a", "eastus/opaque/b", "eastus/services/shop/web");
    }

    @Test
    void list_narrowsByEveryPartOfTheSelector() {
        // given
        test.put(TestReplica.opaque("a"));
        test.put(TestReplica.service("shop", "web", Map.of("app", "web")));
        test.put(TestReplica.service("shop", "db", Map.of("app", "db")));

        // then
        assertThat(list(selector("services"))).hasSize(2);
        assertThat(list(selector("clusters"))).hasSize(1);
        assertThat(list(selector("fleet"))).hasSize(1);
        assertThat(list(Selector.newBuilder().addClusters("westus").build())).isEmpty();
        assertThat(list(Selector.newBuilder().addClusters("eastus").build())).hasSize(4);
        assertThat(list(Selector.newBuilder().addNames("web").build())).hasSize(1);
        assertThat(list(Selector.newBuilder().putLabels("app", "db").build()))
                .singleElement()
                .satisfies(service -> assertThat(service.getService().getName()).isEqualTo("db"));
    }

    @Test
    void list_ofNothing_stillSaysTheRevision() {
        // when
        var responses = mesh.list(
                ListRequest.newBuilder().setSelector(selector("nodes")).build());

        // then
        assertThat(responses.next().getRevision()).isEqualTo(2);
        assertThat(responses.hasNext()).isFalse();
    }

    @Test
    void list_ofMuch_comesInSeveralMessages() {
        // given
        for (int i = 0; i < 3_000; i++) {
            test.put(TestReplica.opaque("key-%05d".formatted(i)));
        }

        // then
        assertThat(list(selector("opaque"))).hasSize(3_000);
        List<ListResponse> messages = new ArrayList<>();
        mesh.list(ListRequest.newBuilder().setSelector(selector("opaque")).build())
                .forEachRemaining(messages::add);
        assertThat(messages).hasSizeGreaterThan(2);
    }

    @Test
    void unknownKind_isNamed_andTheKnownOnesAreListed() {
        assertThatThrownBy(() -> list(selector("pods")))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("\"pods\"")
                .hasMessageContaining("endpointslices")
                .hasMessageNotContaining("digest");
    }

    @Test
    void watch_givesSnapshotThenChanges_fromSharedBytes() throws Exception {
        // given
        ResourceKey key = test.put(TestReplica.opaque("a"));
        Messages watch =
                watch(WatchRequest.newBuilder().setSelector(selector("opaque")).build());

        // then
        assertThat(watch.next().getBatch().getChanges(0).getUpsert().getKey()).isEqualTo(key.value());
        WatchResponse synced = watch.next();
        assertThat(synced.getSynced().getRevision()).isEqualTo(3);

        // when
        test.put(TestReplica.opaque("b"));
        test.delete(key);

        // then
        List<Change> changes = watch.changes(2);
        assertThat(changes.getFirst().getUpsert().getRevision()).isEqualTo(4);
        assertThat(changes.getLast().getRemoval().getKey()).isEqualTo(key.value());
        ResumeToken token =
                ResumeToken.ofBytes(synced.getSynced().getResumeToken().toByteArray());
        assertThat(token).isEqualTo(new ResumeToken(TestReplica.LOG_ID, 3));
    }

    @Test
    void watch_withAToken_resumes_andWithNonsenseIsRefused() throws Exception {
        // given
        test.put(TestReplica.opaque("a"));
        test.put(TestReplica.opaque("b"));
        byte[] token = new ResumeToken(TestReplica.LOG_ID, 3).toBytes();

        // when
        Messages watch = watch(WatchRequest.newBuilder()
                .setResumeToken(ByteString.copyFrom(token))
                .build());

        // then
        assertThat(watch.next().getBatch().getChangesList())
                .singleElement()
                .satisfies(change -> assertThat(change.getUpsert().getKey()).isEqualTo("eastus/opaque/b"));
        Messages wrong = watch(WatchRequest.newBuilder()
                .setResumeToken(ByteString.copyFromUtf8("no"))
                .build());
        assertThat(wrong.failure().getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void watch_endedByTheServer_saysWhereToGoOn() throws Exception {
        // given
        Messages watch = watch(WatchRequest.getDefaultInstance());
        watch.next();
        watch.next();

        // when
        test.hub.stop();

        // then
        StatusRuntimeException failed = watch.failure();
        assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        byte[] token = failed.getTrailers().get(WatchCall.RESUME_TOKEN);
        assertThat(ResumeToken.ofBytes(token)).isEqualTo(new ResumeToken(TestReplica.LOG_ID, 2));
    }

    @Test
    void watch_cancelledByItsClient_isForgotten() throws Exception {
        // given
        io.grpc.Context.CancellableContext context = io.grpc.Context.current().withCancellation();
        context.run(() -> watch(WatchRequest.getDefaultInstance()));
        await().until(() -> test.hub.openWatches() == 1);

        // when
        context.cancel(null);

        // then
        await().until(() -> test.hub.openWatches() == 0);
    }

    @Test
    void status_tellsOfTheFleetAndOfItself() {
        // given
        test.put(TestReplica.opaque("a"));

        // when
        StatusResponse status = mesh.status(StatusRequest.getDefaultInstance());

        // then
        assertThat(status.getFleet().getName()).isEqualTo("test");
        assertThat(status.getRevision()).isEqualTo(3);
        assertThat(status.getReplica().getState()).isEqualTo("Following");
        assertThat(status.getReplica().getSynced()).isTrue();
        assertThat(status.getReplica().getStalenessMs()).isEqualTo(7);
        assertThat(status.getClusters(0).getResourcesMap()).containsEntry("opaque", 1L);
        assertThat(status.getClusters(0).getConnected()).isTrue();
        assertThat(status.getComponentsList()).hasSize(2);
        assertThat(status.getConditionsList())
                .containsExactlyInAnyOrder("cluster eastus has never published", "projector: 5 events undecided");
    }

    @Test
    void aFault_takesItOutOfService_andStatusSaysWhy() {
        // when
        test.faults.report("the gateway", new IllegalStateException("a bug"));

        // then
        assertThatThrownBy(() -> list(Selector.getDefaultInstance()))
                .hasMessageContaining("UNAVAILABLE")
                .hasMessageContaining("a bug");
        StatusResponse status = mesh.status(StatusRequest.getDefaultInstance());
        assertThat(status.getReplica().getState()).isEqualTo("Stopped");
        assertThat(status.getConditionsList()).anyMatch(condition -> condition.contains("a bug"));
    }

    @Test
    void whatIsNotWhole_isNotServed_butWhatWasWholeIsAlsoWithoutKafka() {
        // given
        test.feed.state = new FeedState.Disconnected("gone");
        assertThat(list(selector("clusters"))).hasSize(1);

        // when
        test.feed.state = new FeedState.Diverged("a digest differs");
        test.replica.onState(test.feed.state);
        test.feed.state = new FeedState.Bootstrapping(0, 10);

        // then
        assertThatThrownBy(() -> list(selector("clusters"))).hasMessageContaining("not complete");
        test.feed.state = new FeedState.Following(3);
        test.replica.onSynced(3, true);
        assertThat(list(selector("clusters"))).hasSize(1);
    }

    @Test
    void reads_beyondTheLimit_areOverloaded() throws Exception {
        try (TestReplica small = new TestReplica(1)) {
            // given one read under way and one waiting
            CountDownLatch hold = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            small.reads.execute(() -> {
                begun.countDown();
                await().until(() -> hold.getCount() == 0);
            });
            begun.await();
            small.reads.execute(() -> {});

            // then
            assertThatThrownBy(() -> MeshGrpc.newBlockingStub(small.channel).status(StatusRequest.getDefaultInstance()))
                    .hasMessageContaining("RESOURCE_EXHAUSTED")
                    .hasMessageContaining("1 reads wait");
            hold.countDown();
        }
    }

    @Test
    void members_mayNotSeeJobsOrOthersSessions() {
        // given
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-meshlog-cluster", Metadata.ASCII_STRING_MARSHALLER), "eastus");
        mesh = mesh.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));

        // then
        assertThat(list(Selector.getDefaultInstance())).hasSize(1);
        assertThat(list(Selector.newBuilder()
                        .addClusters("eastus")
                        .addKinds("sessions")
                        .build()))
                .isEmpty();
        assertThatThrownBy(() -> list(selector("sessions"))).hasMessageContaining("PERMISSION_DENIED");
        assertThatThrownBy(() -> list(selector("jobs"))).hasMessageContaining("PERMISSION_DENIED");
        assertThatThrownBy(() -> mesh.get(GetRequest.newBuilder()
                        .setKey("westus/sessions/publisher")
                        .build()))
                .hasMessageContaining("PERMISSION_DENIED");
    }

    @Test
    void health_isServingWhileSynced() {
        // given
        var health = HealthGrpc.newBlockingStub(test.channel);

        // when
        test.face.serving(true);

        // then
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        test.face.serving(false);
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void reflection_listsTheServices_alsoTheOneWithItsOwnMarshaller() throws Exception {
        // given
        BlockingQueue<ServerReflectionResponse> responses = new ArrayBlockingQueue<>(4);
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(test.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failed) {}

                    @Override
                    public void onCompleted() {}
                });

        // when
        requests.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("meshlog.v1.Mesh")
                .build());

        // then
        assertThat(responses.take().getFileDescriptorResponse().getFileDescriptorProtoCount())
                .isPositive();
        requests.onCompleted();
    }

    private Messages watch(WatchRequest request) {
        Messages messages = new Messages();
        MeshGrpc.newStub(test.channel).watch(request, messages);
        return messages;
    }

    /** What a watch receives. */
    private static final class Messages implements StreamObserver<WatchResponse> {
        private final BlockingQueue<Object> received = new ArrayBlockingQueue<>(1_000);

        WatchResponse next() throws InterruptedException {
            Object next = received.take();
            assertThat(next).isInstanceOf(WatchResponse.class);
            WatchResponse response = (WatchResponse) next;
            return response.hasBookmark() ? next() : response;
        }

        /** So many changes, in however many messages they came. */
        List<Change> changes(int count) throws InterruptedException {
            List<Change> changes = new ArrayList<>();
            while (changes.size() < count) {
                changes.addAll(next().getBatch().getChangesList());
            }
            assertThat(changes).hasSize(count);
            return changes;
        }

        StatusRuntimeException failure() throws InterruptedException {
            while (true) {
                if (received.take() instanceof StatusRuntimeException failed) {
                    return failed;
                }
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            received.add(response);
        }

        @Override
        public void onError(Throwable failed) {
            received.add(failed);
        }

        @Override
        public void onCompleted() {}
    }
}
