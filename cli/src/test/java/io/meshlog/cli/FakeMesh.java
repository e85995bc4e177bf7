package io.meshlog.cli;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.AdminGrpc;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.CheckpointRequest;
import io.meshlog.schemas.v1.CheckpointResponse;
import io.meshlog.schemas.v1.CommandResponse;
import io.meshlog.schemas.v1.ExpelRequest;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.GetResponse;
import io.meshlog.schemas.v1.ListCheckpointsRequest;
import io.meshlog.schemas.v1.ListCheckpointsResponse;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.RaiseFeatureLevelRequest;
import io.meshlog.schemas.v1.RefoundRequest;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server on loopback that says what a test tells it to, and remembers what it was asked. */
final class FakeMesh {
    static final long REVISION = 42;

    final List<Object> requests = new CopyOnWriteArrayList<>();
    List<Resource> resources = new ArrayList<>(Fixtures.all());
    StatusResponse status = Fixtures.healthy();
    Status failure = Status.OK;
    /** What is listed, each time the next, and the last for good. */
    final Deque<ListCheckpointsResponse> checkpoints =
            new ConcurrentLinkedDeque<>(List.of(ListCheckpointsResponse.getDefaultInstance()));

    CommandResponse commandResponse =
            CommandResponse.newBuilder().setRevision(43).setChanged(true).build();

    /** What happens to each watch in turn; a watch without its script stays silent. */
    final BlockingQueue<Consumer<StreamObserver<WatchResponse>>> watchScripts = new LinkedBlockingQueue<>();

    private Server server;
    private int port;

    FakeMesh() {
        start();
    }

    void start() {
        try {
            server = Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
                    .addService(new Reading())
                    .addService(new Commanding())
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .build()
                    .start();
            port = server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a killed process: every stream breaks, the port refuses. */
    void kill() throws InterruptedException {
        server.shutdownNow();
        server.awaitTermination(10, TimeUnit.SECONDS);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    <T> T lastRequest(Class<T> type) {
        return type.cast(
                requests.stream().filter(type::isInstance).reduce((a, b) -> b).orElseThrow());
    }

    private <T> boolean received(Object request, StreamObserver<T> answer) {
        requests.add(request);
        if (!failure.isOk()) {
            answer.onError(failure.asRuntimeException());
        }
        return failure.isOk();
    }

    private static <T> void answer(StreamObserver<T> observer, T response) {
        observer.onNext(response);
        observer.onCompleted();
    }

    private boolean selected(Resource resource, Selector selector) {
        String[] key = resource.getKey().split("/", 3);
        boolean kind = selector.getKindsCount() == 0 || selector.getKindsList().contains(key[1]);
        boolean cluster =
                selector.getClustersCount() == 0 || selector.getClustersList().contains(key[0]);
        boolean name = selector.getNamesCount() == 0
                || selector.getNamesList().stream()
                        .anyMatch(wanted -> resource.getKey().endsWith("/" + wanted) || key[2].equals(wanted));
        return kind && cluster && name;
    }

    private final class Reading extends MeshGrpc.MeshImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
            if (received(request, observer)) {
                answer(observer, status);
            }
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> observer) {
            if (!received(request, observer)) {
                return;
            }
            resources.stream()
                    .filter(resource -> resource.getKey().equals(request.getKey()))
                    .findFirst()
                    .ifPresentOrElse(
                            resource -> answer(
                                    observer,
                                    GetResponse.newBuilder()
                                            .setResource(resource)
                                            .setRevision(REVISION)
                                            .build()),
                            () -> observer.onError(Status.NOT_FOUND.asRuntimeException()));
        }

        /** Two resources a message, so that every printer meets several. */
        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> observer) {
            if (!received(request, observer)) {
                return;
            }
            List<Resource> found = resources.stream()
                    .filter(resource -> selected(resource, request.getSelector()))
                    .toList();
            for (int i = 0; i < Math.max(1, found.size()); i += 2) {
                observer.onNext(ListResponse.newBuilder()
                        .addAllResources(found.subList(i, Math.min(found.size(), i + 2)))
                        .setRevision(REVISION)
                        .build());
            }
            observer.onCompleted();
        }

        @Override
        public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
            if (received(request, observer)) {
                Consumer<StreamObserver<WatchResponse>> script = watchScripts.poll();
                if (script != null) {
                    script.accept(observer);
                }
            }
        }
    }

    private final class Commanding extends AdminGrpc.AdminImplBase {
        @Override
        public void admit(AdmitRequest request, StreamObserver<CommandResponse> observer) {
            if (received(request, observer)) {
                answer(observer, commandResponse);
            }
        }

        @Override
        public void expel(ExpelRequest request, StreamObserver<CommandResponse> observer) {
            if (received(request, observer)) {
                answer(observer, commandResponse);
            }
        }

        @Override
        public void refound(RefoundRequest request, StreamObserver<CommandResponse> observer) {
            if (received(request, observer)) {
                answer(observer, commandResponse);
            }
        }

        @Override
        public void raiseFeatureLevel(RaiseFeatureLevelRequest request, StreamObserver<CommandResponse> observer) {
            if (received(request, observer)) {
                answer(observer, commandResponse);
            }
        }

        @Override
        public void checkpoint(CheckpointRequest request, StreamObserver<CheckpointResponse> observer) {
            if (received(request, observer)) {
                answer(
                        observer,
                        CheckpointResponse.newBuilder()
                                .setRevision(REVISION)
                                .setPlace(5)
                                .build());
            }
        }

        @Override
        public void listCheckpoints(ListCheckpointsRequest request, StreamObserver<ListCheckpointsResponse> observer) {
            if (received(request, observer)) {
                answer(observer, checkpoints.size() > 1 ? checkpoints.removeFirst() : checkpoints.getFirst());
            }
        }
    }
}
