package io.meshlog.bench.kubernetes;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One watch of a cluster's endpoints: when each was seen first, and when its change was. */
final class AgentWatch implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LargeCluster cluster;
    private final ManagedChannel channel;
    private final AtomicInteger endpoints = new AtomicInteger();
    private final AtomicInteger changed = new AtomicInteger();
    private final AtomicLongArray changedNanos;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    AgentWatch(String server, String clusterName, LargeCluster cluster) {
        this.cluster = cluster;
        this.changedNanos = new AtomicLongArray(cluster.endpoints());
        channel = ManagedChannelBuilder.forTarget(server)
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
        WatchRequest request = WatchRequest.newBuilder()
                .setSelector(Selector.newBuilder().addClusters(clusterName).addKinds("endpoints"))
                .build();
        MeshGrpc.newStub(channel).watch(request, new Reader());
    }

    void awaitEndpoints(long seconds) {
        await(endpoints, cluster.endpoints(), seconds, "endpoints");
    }

    /** Until so many changes were seen. */
    void awaitChanged(int count, long seconds) {
        await(changed, count, seconds, "changes");
    }

    private void await(AtomicInteger seen, int count, long seconds, String what) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (seen.get() < count) {
            Throwable failed = failure.get();
            if (failed != null || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%d of %d %s were seen within %d s".formatted(seen.get(), count, what, seconds), failed);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** When the change of that endpoint was seen, as {@link System#nanoTime}. */
    long changedNanos(int number) {
        return changedNanos.get(number);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class Reader implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse response) {
            long now = System.nanoTime();
            for (Change change : response.getBatch().getChangesList()) {
                if (change.hasUpsert()) {
                    var endpoint = change.getUpsert().getEndpoint();
                    int number = LargeCluster.numberOf(endpoint.getIp());
                    if (!cluster.isChanged(number, endpoint.getIdentity())) {
                        endpoints.incrementAndGet();
                    } else if (changedNanos.compareAndSet(number, 0, now)) {
                        changed.incrementAndGet();
                    }
                }
            }
        }

        @Override
        public void onError(Throwable error) {
            failure.compareAndSet(null, error);
        }

        @Override
        public void onCompleted() {
            failure.compareAndSet(null, new IllegalStateException("the replica ended the watch"));
        }
    }
}
