package io.meshlog.meshapi.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.Selector;
import io.meshlog.meshapi.watch.WatchHub;
import io.meshlog.meshapi.watch.WatchSpec;
import io.meshlog.schemas.v1.GetRequest;
import io.meshlog.schemas.v1.GetResponse;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import io.meshlog.schemas.v1.WatchRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Mesh} service. Handlers are called on event loops and return at once: watches go to the hub, everything that
 * reads the store to the {@link ReadExecutor}.
 */
public final class MeshService implements BindableService {
    /** How long a linearizable read waits for the log's end. */
    static final Duration LINEARIZABLE_TIMEOUT = Duration.ofSeconds(1);

    /** Sends frames as they are, so that what is encoded once is not encoded again. */
    private static final MethodDescriptor<WatchRequest, WatchFrame> WATCH = MeshGrpc.getWatchMethod().toBuilder(
                    MeshGrpc.getWatchMethod().getRequestMarshaller(), new WatchFrame.Marshaller())
            .build();

    private final Replica replica;
    private final WatchHub hub;
    private final ReadExecutor reads;
    private final StatusReport status;
    private final LongSupplier nowMs;
    private final Set<ListCall> lists = ConcurrentHashMap.newKeySet();

    /** @param nowMs milliseconds that only go forward */
    public MeshService(Replica replica, WatchHub hub, ReadExecutor reads, StatusReport status, LongSupplier nowMs) {
        this.replica = replica;
        this.hub = hub;
        this.reads = reads;
        this.status = status;
        this.nowMs = nowMs;
    }

    @Override
    public ServerServiceDefinition bindService() {
        ServiceDescriptor service = ServiceDescriptor.newBuilder(MeshGrpc.SERVICE_NAME)
                .setSchemaDescriptor(MeshGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(WATCH)
                .addMethod(MeshGrpc.getListMethod())
                .addMethod(MeshGrpc.getGetMethod())
                .addMethod(MeshGrpc.getStatusMethod())
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
                .addMethod(MeshGrpc.getListMethod(), ServerCalls.asyncServerStreamingCall(this::list))
                .addMethod(MeshGrpc.getGetMethod(), ServerCalls.asyncUnaryCall(this::get))
                .addMethod(MeshGrpc.getStatusMethod(), ServerCalls.asyncUnaryCall(this::status))
                .build();
    }

    /** To be called some times a second: lets clients go that do not read their lists. */
    public void tick() {
        lists.removeIf(ListCall::isEnded);
        lists.forEach(ListCall::tick);
    }

    private void watch(WatchRequest request, StreamObserver<WatchFrame> responses) {
        WatchSpec spec;
        try {
            spec = WatchCall.spec(request);
            requireInService();
        } catch (FailedCallException refused) {
            responses.onError(GrpcStatuses.of(refused));
            return;
        }
        WatchCall.open(hub, spec, (ServerCallStreamObserver<WatchFrame>) responses);
    }

    /** A replica that is not complete yet holds watches until it is; one that broke must not. */
    private void requireInService() {
        String fault = replica.fault();
        if (fault != null) {
            throw Failure.OUT_OF_SERVICE.because("%s", fault);
        }
    }

    private void list(ListRequest request, StreamObserver<ListResponse> responses) {
        var call = (ServerCallStreamObserver<ListResponse>) responses;
        ListHandle handle = new ListHandle();
        call.setOnReadyHandler(handle::wake);
        call.setOnCancelHandler(handle::wake);
        read(request.getLinearizable(), responses, () -> {
            Selector selector = Selectors.of(request.getSelector());
            ListCall list = new ListCall(call, selector, replica, reads, nowMs);
            lists.add(list);
            handle.give(list);
        });
    }

    private void get(GetRequest request, StreamObserver<GetResponse> responses) {
        read(request.getLinearizable(), responses, () -> {
            responses.onNext(get(new ResourceKey(request.getKey())));
            responses.onCompleted();
        });
    }

    private GetResponse get(ResourceKey key) {
        if (key.value().chars().anyMatch(character -> character > 0xff)) {
            throw Failure.INVALID.because("key: \"%s\" has characters beyond ISO-8859-1", key);
        }
        try (ReplicaSnapshot snapshot = replica.snapshot()) {
            Entry entry = snapshot.get(key);
            Value value = Replica.value(entry);
            if (entry == null || value == null) {
                throw Failure.NOT_FOUND.because(
                        "there is no %s at revision %d",
                        key, snapshot.position().revision());
            }
            return GetResponse.newBuilder()
                    .setResource(ResourceProtos.toProto(
                            key, entry.modRevision(), entry.createRevision(), entry.version(), value))
                    .setRevision(snapshot.position().revision())
                    .build();
        }
    }

    private void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
        read(false, responses, () -> {
            responses.onNext(status.make());
            responses.onCompleted();
        });
    }

    /** Reads where reading may block; after what was decided until now, where that is asked for. */
    private void read(boolean linearizable, StreamObserver<?> responses, Runnable reading) {
        Runnable guarded = () -> {
            try {
                reading.run();
            } catch (RuntimeException failed) {
                responses.onError(GrpcStatuses.of(failed));
            }
        };
        if (!linearizable) {
            execute(responses, guarded);
            return;
        }
        var unused = replica.awaitStableEnd(LINEARIZABLE_TIMEOUT).whenComplete((revision, failed) -> {
            if (failed == null) {
                execute(responses, guarded);
            } else {
                Throwable cause =
                        failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
                responses.onError(GrpcStatuses.of(cause));
            }
        });
    }

    private void execute(StreamObserver<?> responses, Runnable read) {
        try {
            reads.execute(read);
        } catch (FailedCallException overloaded) {
            responses.onError(GrpcStatuses.of(overloaded));
        }
    }

    /** What the call says before its list is made waits for it. */
    private static final class ListHandle {
        private volatile @Nullable ListCall list;

        void give(ListCall made) {
            list = made;
            made.wake();
        }

        void wake() {
            ListCall made = list;
            if (made != null) {
                made.wake();
            }
        }
    }
}
