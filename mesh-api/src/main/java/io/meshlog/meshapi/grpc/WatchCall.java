package io.meshlog.meshapi.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.watch.ResumeToken;
import io.meshlog.meshapi.watch.Watch;
import io.meshlog.meshapi.watch.WatchEnd;
import io.meshlog.meshapi.watch.WatchHub;
import io.meshlog.meshapi.watch.WatchSink;
import io.meshlog.meshapi.watch.WatchSpec;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import io.meshlog.schemas.v1.Bookmark;
import io.meshlog.schemas.v1.Resync;
import io.meshlog.schemas.v1.Synced;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One watch over one call. It keeps nothing of what it sends: while the client does not read, the hub holds a cursor and
 * no more. Sent to on the hub's threads, told of readiness and cancellation on gRPC's.
 */
final class WatchCall implements WatchSink {
    /** The trailer that says where to go on after the server ended a watch: a {@link ResumeToken}. */
    static final Metadata.Key<byte[]> RESUME_TOKEN =
            Metadata.Key.of("meshlog-resume-token-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private final ServerCallStreamObserver<WatchFrame> call;
    private volatile @Nullable Watch watch;

    private WatchCall(ServerCallStreamObserver<WatchFrame> call) {
        this.call = call;
    }

    /** @throws FailedCallException INVALID if the request cannot be understood */
    static WatchSpec spec(WatchRequest request) {
        Start start = switch (request.getStartCase()) {
            case START_NOT_SET -> new Start.FromSnapshot();
            case AFTER_REVISION -> {
                if (request.getAfterRevision() < 0) {
                    throw Failure.INVALID.because("after_revision: is %d, below 0", request.getAfterRevision());
                }
                yield new Start.AfterRevision(request.getAfterRevision());
            }
            case RESUME_TOKEN -> {
                ResumeToken token = ResumeToken.ofBytes(request.getResumeToken().toByteArray());
                if (token == null) {
                    throw Failure.INVALID.because("resume_token: is none that a Synced or Bookmark of a fleet has");
                }
                yield new Start.AfterToken(token);
            }
        };
        return new WatchSpec(Selectors.of(request.getSelector()), start);
    }

    /** Opens the watch; from here on the hub and the call talk with each other. To be called while the call starts. */
    static void open(WatchHub hub, WatchSpec spec, ServerCallStreamObserver<WatchFrame> call) {
        WatchCall sink = new WatchCall(call);
        call.setOnReadyHandler(sink::ready);
        call.setOnCancelHandler(sink::cancel);
        sink.watch = hub.open(spec, sink);
        // what the call said before the hub had returned went nowhere
        sink.ready();
        if (call.isCancelled()) {
            sink.cancel();
        }
    }

    private void ready() {
        Watch opened = watch;
        if (opened != null) {
            opened.onReady();
        }
    }

    private void cancel() {
        Watch opened = watch;
        if (opened != null) {
            opened.cancel();
        }
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void send(List<byte[]> changes) {
        call.onNext(WatchFrame.ofBatch(changes));
    }

    @Override
    public void synced(ResumeToken token) {
        send(WatchResponse.newBuilder()
                .setSynced(Synced.newBuilder()
                        .setRevision(token.revision())
                        .setResumeToken(ByteString.copyFrom(token.toBytes())))
                .build());
    }

    @Override
    public void bookmark(ResumeToken token) {
        send(WatchResponse.newBuilder()
                .setBookmark(Bookmark.newBuilder()
                        .setRevision(token.revision())
                        .setResumeToken(ByteString.copyFrom(token.toBytes())))
                .build());
    }

    @Override
    public void resync(String reason) {
        send(WatchResponse.newBuilder()
                .setResync(Resync.newBuilder().setReason(reason))
                .build());
    }

    private void send(WatchResponse response) {
        call.onNext(WatchFrame.of(response));
    }

    @Override
    public void closed(WatchEnd end) {
        StatusRuntimeException status = GrpcStatuses.of(failure(end.reason()), end.message());
        Metadata trailers = status.getTrailers();
        ResumeToken resume = end.resume();
        if (resume != null && trailers != null) {
            trailers.put(RESUME_TOKEN, resume.toBytes());
        }
        call.onError(status);
    }

    private static Failure failure(WatchEnd.Reason reason) {
        return switch (reason) {
            case BEHIND -> Failure.BEHIND;
            case STALLED -> Failure.STALLED;
            case TOO_MANY -> Failure.OVERLOADED;
            case REPLICA_STOPPING -> Failure.STOPPING;
            case INTERNAL -> Failure.INTERNAL;
        };
    }
}
