package io.meshlog.it.watchers;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One watch of nodes: the newest revision of each, and whether any came out of order. */
final class Reader implements ClientResponseObserver<WatchRequest, WatchResponse> {
    /** The annotation that says when a change was declared, in nanoseconds of this process. */
    static final String SAID_AT = "said-at";

    private static final Metadata.Key<byte[]> RESUME_TOKEN =
            Metadata.Key.of("meshlog-resume-token-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final boolean reads;
    private final LongConsumer latencyNanos;
    private final Map<String, Long> held = new ConcurrentHashMap<>();
    private volatile ClientCallStreamObserver<WatchRequest> call;
    private volatile @Nullable Status end;
    private volatile ByteString token = ByteString.EMPTY;
    private final LongAdder changes = new LongAdder();
    private volatile boolean overtaken;

    private Reader(boolean reads, LongConsumer latencyNanos) {
        this.reads = reads;
        this.latencyNanos = latencyNanos;
    }

    /** Reads what comes. */
    static Reader eager(ManagedChannel channel, LongConsumer latencyNanos) {
        return new Reader(true, latencyNanos).open(channel, ByteString.EMPTY);
    }

    /** Reads one message and no more until {@link #drain}. */
    static Reader stopped(ManagedChannel channel) {
        return new Reader(false, nanos -> {}).open(channel, ByteString.EMPTY);
    }

    /** Goes on from where the server said that it ended, with what is held. */
    void resume(ManagedChannel channel) {
        end = null;
        open(channel, token);
    }

    private Reader open(ManagedChannel channel, ByteString resumeFrom) {
        WatchRequest.Builder request =
                WatchRequest.newBuilder().setSelector(Selector.newBuilder().addKinds("nodes"));
        if (!resumeFrom.isEmpty()) {
            request.setResumeToken(resumeFrom);
        }
        MeshGrpc.newStub(channel).watch(request.build(), this);
        return this;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
        call = started;
        if (!reads && token.isEmpty()) {
            started.disableAutoRequestWithInitial(1);
        }
    }

    @Override
    public void onNext(WatchResponse response) {
        response.getBatch().getChangesList().forEach(this::take);
        if (response.hasResync()) {
            overtaken = true;
        }
    }

    private void take(Change change) {
        Resource node = change.getUpsert();
        Long before = held.put(node.getKey(), node.getRevision());
        if (before != null && before >= node.getRevision()) {
            overtaken = true;
        }
        changes.increment();
        String saidAt = node.getNode().getAnnotationsMap().get(SAID_AT);
        if (saidAt != null) {
            latencyNanos.accept(System.nanoTime() - Long.parseLong(saidAt));
        }
    }

    @Override
    public void onError(Throwable cause) {
        Metadata trailers = Status.trailersFromThrowable(cause);
        byte[] resume = trailers == null ? null : trailers.get(RESUME_TOKEN);
        if (resume != null) {
            token = ByteString.copyFrom(resume);
        }
        end = Status.fromThrowable(cause);
    }

    @Override
    public void onCompleted() {
        end = Status.OK;
    }

    /** Reads what waits, and from now on all. */
    void drain() {
        call.request(Integer.MAX_VALUE);
    }

    /** How the server ended it; null while it goes on. */
    @Nullable
    Status end() {
        return end;
    }

    boolean canResume() {
        return !token.isEmpty();
    }

    long changes() {
        return changes.sum();
    }

    /** The newest revision of each node that came. */
    Map<String, Long> held() {
        return held;
    }

    /** Whether an older revision came after a newer one, or it had to begin anew. */
    boolean overtaken() {
        return overtaken;
    }
}
