package io.meshlog.it.faults;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** A watch of all that {@link LoadClient}s write; it resumes at the other replica, one after its last header. */
final class LoadWatch implements AutoCloseable {
    private static final long PAUSE_MS = 100;

    private final AtomicIntegerArray ports;
    private final List<String> seen = new ArrayList<>();
    private ManagedChannel channel;
    private int at;
    private long next;
    private long cluster;
    private boolean closed;
    private String wrong = "";

    LoadWatch(int number, AtomicIntegerArray ports, long first) {
        this.ports = ports;
        this.at = number % ports.length();
        this.next = first;
        open();
    }

    private synchronized void open() {
        if (closed) {
            return;
        }
        if (channel != null) {
            channel.shutdownNow();
        }
        channel = LoadClient.open(ports.get(at));
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(new Messages());
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(LoadClient.FIRST_KEY)
                        .setRangeEnd(LoadClient.END_OF_KEYS)
                        .setStartRevision(next))
                .build());
    }

    private synchronized void take(WatchResponse message) {
        if (message.getCanceled()) {
            wrong += "canceled at %d: %s; ".formatted(next, message.getCancelReason());
        }
        if (cluster != 0 && cluster != message.getHeader().getClusterId()) {
            wrong += "another cluster; ";
        }
        cluster = message.getHeader().getClusterId();
        for (Event event : message.getEventsList()) {
            long revision = event.getKv().getModRevision();
            if (revision < next || revision > message.getHeader().getRevision()) {
                wrong += "revision %d under the header %d, after %d; "
                        .formatted(revision, message.getHeader().getRevision(), next - 1);
            }
            seen.add("%d %s %s=%s"
                    .formatted(
                            revision,
                            event.getType(),
                            event.getKv().getKey().toStringUtf8(),
                            event.getKv().getValue().toStringUtf8()));
        }
        next = Math.max(next, message.getHeader().getRevision() + 1);
    }

    private synchronized void moveOn() {
        at = (at + 1) % ports.length();
        CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS).execute(this::open);
    }

    /** What it saw: revision, kind, key and value of each event. */
    synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    /** What it was given that no watch may be given; empty if nothing. */
    synchronized String wrong() {
        return wrong;
    }

    /** Up to which revision it has everything. */
    synchronized long upTo() {
        return next - 1;
    }

    @Override
    public synchronized void close() {
        closed = true;
        channel.shutdownNow();
    }

    private final class Messages implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse message) {
            take(message);
        }

        @Override
        public void onError(Throwable failed) {
            moveOn();
        }

        @Override
        public void onCompleted() {
            moveOn();
        }
    }
}
