package io.meshlog.meshapi.etcd.watch;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** etcd's {@code Watch}. Handlers are called on event loops and return at once. */
public final class WatchService implements BindableService, RecentWrites.Listener {
    /** Sends messages as they are, so that what is encoded once is not encoded again. */
    private static final MethodDescriptor<WatchRequest, WatchMessage> WATCH = WatchGrpc.getWatchMethod().toBuilder(
                    WatchGrpc.getWatchMethod().getRequestMarshaller(), new WatchMessage.Marshaller())
            .build();

    private final Headers headers;
    private final Views views;
    private final Heartbeat heartbeat;
    private final WatchSurroundings surroundings;
    private final Supplier<ScheduledExecutorService> eventLoop;
    private final Map<ScheduledExecutorService, StreamLoop> loops = new ConcurrentHashMap<>();
    /** Why nothing is served any more; null while it is. */
    private volatile @Nullable String leaving;

    /**
     * Where streams run.
     *
     * @param eventLoop the loop whose thread asks; it runs one task at a time, in order
     * @param catchUps run what reads the store
     */
    public record Threads(Supplier<ScheduledExecutorService> eventLoop, Executor catchUps) {}

    /**
     * The caller has it told of writes, after everything else that is kept of them.
     *
     * @param clockMs milliseconds that only go forward
     * @param heartbeatMs how often a watch of the heartbeat is sent it
     */
    public WatchService(
            RecentWrites writes,
            KeyValues values,
            Headers headers,
            Views views,
            Heartbeat heartbeat,
            Threads threads,
            LongSupplier clockMs,
            long heartbeatMs) {
        this.headers = headers;
        this.views = views;
        this.heartbeat = heartbeat;
        this.eventLoop = threads.eventLoop();
        this.surroundings = new WatchSurroundings(
                writes,
                new EventBatches(new ViewEvents(writes, values)),
                threads.catchUps(),
                clockMs,
                heartbeatMs,
                new AtomicInteger());
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(ServiceDescriptor.newBuilder(WatchGrpc.SERVICE_NAME)
                        .setSchemaDescriptor(WatchGrpc.getServiceDescriptor().getSchemaDescriptor())
                        .addMethod(WATCH)
                        .build())
                .addMethod(WATCH, ServerCalls.asyncBidiStreamingCall(this::watch))
                .build();
    }

    /** Watches of all streams. */
    public int openWatches() {
        return surroundings.open().get();
    }

    private StreamObserver<WatchRequest> watch(StreamObserver<WatchMessage> answers) {
        ServerCallStreamObserver<WatchMessage> call = (ServerCallStreamObserver<WatchMessage>) answers;
        View view = views.of(AccessInterceptor.caller());
        UUID logId = logId();
        if (logId == null) {
            call.onError(EtcdErrors.unavailable("what is held here is not complete yet"));
            return new Ignored();
        }
        call.disableAutoRequest();
        StreamLoop loop = loops.computeIfAbsent(eventLoop.get(), each -> new StreamLoop(each, System::nanoTime));
        WatchStream stream =
                new WatchStream(call, view, loop, surroundings, new WatchReplies(logId, headers, heartbeat));
        loop.add(stream);
        Runnable gone = () -> {
            loop.remove(stream);
            stream.onError(new IllegalStateException("the call is over"));
        };
        call.setOnCancelHandler(gone);
        call.setOnCloseHandler(gone);
        call.setOnReadyHandler(stream::wake);
        call.request(1);
        String reason = leaving;
        if (reason != null) {
            stream.stop(reason);
        }
        return stream;
    }

    private @Nullable UUID logId() {
        try (ReplicaSnapshot snapshot = surroundings.writes().snapshot()) {
            return snapshot == null ? null : snapshot.position().logId();
        }
    }

    @Override
    public void onWrites() {
        loops.values().forEach(StreamLoop::wakeAll);
    }

    @Override
    public void onDistrust(String why) {
        surroundings.batches().forget();
        loops.values().forEach(loop -> loop.streams().forEach(stream -> stream.distrust(why)));
    }

    @Override
    public void onStop(String why) {
        leaving = why;
        loops.values().forEach(loop -> loop.streams().forEach(stream -> stream.stop(why)));
    }

    /** To be called some times a second: heartbeats and progress that are due. */
    public void tick() {
        loops.values().forEach(StreamLoop::wakeAll);
    }

    /** Of a call that was refused. */
    private static final class Ignored implements StreamObserver<WatchRequest> {
        @Override
        public void onNext(WatchRequest request) {
            // the call is over
        }

        @Override
        public void onError(Throwable gone) {
            // the call is over
        }

        @Override
        public void onCompleted() {
            // the call is over
        }
    }
}
