package io.meshlog.meshapi.etcd.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.etcd.keys.View;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** etcd's {@code Watch}. Handlers are called on event loops and return at once. */
public final class WatchService extends WatchGrpc.WatchImplBase {
    private final Headers headers;
    private final Views views;
    private final Heartbeat heartbeat;
    private final WatchSurroundings surroundings;
    private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();

    /**
     * @param threads run what concerns streams; reading the store is part of it
     * @param clockMs milliseconds that only go forward
     * @param heartbeatMs how often a watch of the heartbeat is sent it
     */
    public WatchService(
            RecentWrites writes,
            KeyValues values,
            Headers headers,
            Views views,
            Heartbeat heartbeat,
            Executor threads,
            LongSupplier clockMs,
            long heartbeatMs) {
        this.headers = headers;
        this.views = views;
        this.heartbeat = heartbeat;
        this.surroundings = new WatchSurroundings(
                writes, new ViewEvents(writes, values), threads, clockMs, heartbeatMs, new AtomicInteger());
    }

    /** What was served before may be wrong. */
    public void forget() {
        surroundings.events().forget();
    }

    /** Watches of all streams. */
    public int openWatches() {
        return surroundings.open().get();
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
        ServerCallStreamObserver<WatchResponse> call = (ServerCallStreamObserver<WatchResponse>) answers;
        View view = views.of(AccessInterceptor.caller());
        UUID logId = logId();
        if (logId == null) {
            call.onError(EtcdErrors.unavailable("what is held here is not complete yet"));
            return new Ignored();
        }
        call.disableAutoRequest();
        WatchStream stream = new WatchStream(call, view, surroundings, new WatchReplies(logId, headers, heartbeat));
        RecentWrites.Registration registration = surroundings.writes().listen(stream);
        streams.add(stream);
        Runnable gone = () -> {
            registration.close();
            streams.remove(stream);
            stream.onError(new IllegalStateException("the call is over"));
        };
        call.setOnCancelHandler(gone);
        call.setOnCloseHandler(gone);
        call.setOnReadyHandler(stream::wake);
        call.request(1);
        return stream;
    }

    private @Nullable UUID logId() {
        try (ReplicaSnapshot snapshot = surroundings.writes().snapshot()) {
            return snapshot == null ? null : snapshot.position().logId();
        }
    }

    /** To be called some times a second: heartbeats and progress that are due. */
    public void tick() {
        streams.forEach(WatchStream::wake);
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
