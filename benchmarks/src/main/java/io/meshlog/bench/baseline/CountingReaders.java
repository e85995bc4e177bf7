package io.meshlog.bench.baseline;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Many watches that begin at once and are over when each is synced; counts what came. */
final class CountingReaders {
    private static final int WATCHES_PER_CONNECTION = 100;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    private static final long PATIENCE_MINUTES = 10;
    private static final double NANOS = 1e9;

    private final LongAdder changes = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile ByteString token = ByteString.EMPTY;
    private final CountDownLatch synced;
    private double seconds;

    private CountingReaders(int watches) {
        synced = new CountDownLatch(watches);
    }

    /**
     * Opens the watches and waits until all have what they asked for.
     *
     * @param from a token to resume from; empty for a snapshot
     */
    static CountingReaders read(String server, Selector selector, ByteString from, int watches)
            throws InterruptedException {
        CountingReaders readers = new CountingReaders(watches);
        WatchRequest.Builder request = WatchRequest.newBuilder().setSelector(selector);
        if (!from.isEmpty()) {
            request.setResumeToken(from);
        }
        List<ManagedChannel> connections = new ArrayList<>();
        try {
            long beganNanos = System.nanoTime();
            for (int watch = 0; watch < watches; watch++) {
                if (watch % WATCHES_PER_CONNECTION == 0) {
                    connections.add(ManagedChannelBuilder.forTarget(server)
                            .usePlaintext()
                            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                            .build());
                }
                MeshGrpc.newStub(connections.getLast()).watch(request.build(), readers.new Reader());
            }
            boolean done = readers.synced.await(PATIENCE_MINUTES, TimeUnit.MINUTES);
            readers.seconds = (System.nanoTime() - beganNanos) / NANOS;
            if (!done || readers.failure.get() != null) {
                throw new IllegalStateException(
                        "%d of %d watches are not synced".formatted(readers.synced.getCount(), watches),
                        readers.failure.get());
            }
            return readers;
        } finally {
            connections.forEach(ManagedChannel::shutdownNow);
        }
    }

    double seconds() {
        return seconds;
    }

    long changes() {
        return changes.sum();
    }

    /** Of the messages, before they are compressed or framed. */
    long bytes() {
        return bytes.sum();
    }

    /** Where to resume after what was read. */
    ByteString token() {
        return token;
    }

    private final class Reader implements StreamObserver<WatchResponse> {
        private boolean complete;

        @Override
        public void onNext(WatchResponse response) {
            if (complete) {
                return;
            }
            changes.add(response.getBatch().getChangesCount());
            bytes.add(response.getSerializedSize());
            if (response.hasSynced()) {
                complete = true;
                token = response.getSynced().getResumeToken();
                synced.countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            if (!complete) {
                failure.compareAndSet(null, error);
                synced.countDown();
            }
        }

        @Override
        public void onCompleted() {
            onError(new IllegalStateException("the replica ended a watch"));
        }
    }
}
