package io.meshlog.meshapi.etcd.kv;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.etcd.keys.View;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Views;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * etcd's {@code KV}. Handlers are called on event loops and return at once.
 *
 * <p>Reads are linearizable unless the client asks otherwise: they wait for what was decided before they came. Where the log
 * does not answer within a second they are given what is held here instead, and counted: Cilium never asks for serializable
 * reads, and an agent that restarts while Kafka is away must be able to list.
 */
public final class KvService extends KVGrpc.KVImplBase {
    /** How long a linearizable read waits for the log's end. */
    static final Duration LINEARIZABLE_TIMEOUT = Duration.ofSeconds(1);

    private final Replica replica;
    private final History history;
    private final RangeRead ranges;
    private final ReadExecutor reads;
    private final Headers headers;
    private final Views views;
    private final LongAdder staleReads = new LongAdder();

    public KvService(
            Replica replica, History history, RangeRead ranges, ReadExecutor reads, Headers headers, Views views) {
        this.replica = replica;
        this.history = history;
        this.ranges = ranges;
        this.reads = reads;
        this.headers = headers;
        this.views = views;
    }

    /** Linearizable reads that were answered from what is held here because the log did not answer. */
    public long staleReads() {
        return staleReads.sum();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
        View view = views.of(AccessInterceptor.caller());
        try {
            RangeRead.check(request);
        } catch (RuntimeException refused) {
            answer.onError(refused);
            return;
        }
        // a state that is pinned was read before: there is nothing newer to wait for
        if (request.getSerializable() || request.getRevision() > 0) {
            onReader(answer, () -> read(view, request));
            return;
        }
        var unused = replica.awaitStableEnd(LINEARIZABLE_TIMEOUT).whenComplete((revision, late) -> {
            if (late != null) {
                staleReads.increment();
            }
            onReader(answer, () -> read(view, request));
        });
    }

    private RangeResponse read(View view, RangeRequest request) {
        ReplicaSnapshot now = history.now();
        long newest = now.position().revision();
        try (ReplicaSnapshot snapshot = history.at(now, request.getRevision())) {
            return ranges.read(snapshot, view, request).toBuilder()
                    .setHeader(headers.at(snapshot.position(), newest))
                    .build();
        }
    }

    private <T> void onReader(StreamObserver<T> answer, Supplier<T> read) {
        try {
            reads.execute(() -> {
                try {
                    answer.onNext(read.get());
                    answer.onCompleted();
                } catch (RuntimeException failed) {
                    answer.onError(GrpcStatuses.of(failed));
                }
            });
        } catch (RuntimeException overloaded) {
            answer.onError(GrpcStatuses.of(overloaded));
        }
    }
}
