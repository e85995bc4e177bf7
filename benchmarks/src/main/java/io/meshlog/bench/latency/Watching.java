package io.meshlog.bench.latency;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Opaque;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Many watches of one cluster's changes, a hundred to a connection. Each change carries its number. */
final class Watching implements AutoCloseable {
    private static final int WATCHES_PER_CONNECTION = 100;
    private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final List<ManagedChannel> connections = new ArrayList<>();
    private final Histogram latencies = new ConcurrentHistogram(MOST_NANOS, DIGITS);
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch synced;
    private final CountDownLatch received;
    private final long[] dueNanos;
    private final int uncounted;

    /** @param uncounted how many of the first changes are received and not counted */
    Watching(String server, String cluster, int watches, long[] dueNanos, int uncounted) {
        this.dueNanos = dueNanos;
        this.uncounted = uncounted;
        this.synced = new CountDownLatch(watches);
        this.received = new CountDownLatch(watches);
        for (int watch = 0; watch < watches; watch++) {
            if (watch % WATCHES_PER_CONNECTION == 0) {
                connections.add(ManagedChannelBuilder.forTarget(server)
                        .usePlaintext()
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .build());
            }
            WatchRequest request = WatchRequest.newBuilder()
                    .setSelector(Selector.newBuilder().addClusters(cluster).addKinds("opaque"))
                    .build();
            MeshGrpc.newStub(connections.getLast()).watch(request, new Reader());
        }
    }

    void awaitSynced(long seconds) throws InterruptedException {
        await(synced, "all watches to be synced", seconds);
    }

    void awaitReceived(long seconds) throws InterruptedException {
        await(received, "the last change to come back to all watches", seconds);
    }

    private void await(CountDownLatch latch, String what, long seconds) throws InterruptedException {
        boolean done = latch.await(seconds, TimeUnit.SECONDS);
        Throwable failed = failure.get();
        if (!done || failed != null) {
            throw new IllegalStateException(
                    "waited %d s for %s, %d are missing".formatted(seconds, what, latch.getCount()), failed);
        }
    }

    long deliveries() {
        return deliveries.sum();
    }

    long messages() {
        return messages.sum();
    }

    /** In milliseconds. */
    double quantile(double quantile) {
        return latencies.getValueAtPercentile(quantile * 100) / 1e6;
    }

    @Override
    public void close() {
        connections.forEach(ManagedChannel::shutdownNow);
    }

    private final class Reader implements StreamObserver<WatchResponse> {
        private boolean complete;

        @Override
        public void onNext(WatchResponse response) {
            long now = System.nanoTime();
            messages.increment();
            for (Change change : response.getBatch().getChangesList()) {
                if (change.hasUpsert()) {
                    seen(change, now);
                }
            }
            if (response.hasSynced() && !complete) {
                complete = true;
                synced.countDown();
            }
        }

        private void seen(Change change, long now) {
            Opaque opaque = change.getUpsert().getOpaque();
            if (!opaque.getKey().toStringUtf8().startsWith(PublishToWatch.KEY_PREFIX)) {
                // a mark of the fleet's own
                return;
            }
            int number = Integer.parseInt(opaque.getValue().toStringUtf8().strip());
            long due = number < dueNanos.length ? dueNanos[number] : 0;
            if (due == 0) {
                // of an earlier run
                return;
            }
            deliveries.increment();
            if (complete && number >= uncounted) {
                latencies.recordValue(Math.clamp(now - due, 0, MOST_NANOS));
            }
            if (number == dueNanos.length - 1) {
                received.countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            failure.compareAndSet(null, error);
        }

        @Override
        public void onCompleted() {
            failure.compareAndSet(null, new IllegalStateException("the replica ended a watch"));
        }
    }
}
