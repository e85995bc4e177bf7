package io.meshlog.publisher.grpc;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.meshlog.publisher.outbox.GatewayLimits;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.StreamEnd;
import io.meshlog.schemas.v1.Ack;
import io.meshlog.schemas.v1.Limits;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import org.jspecify.annotations.Nullable;

/** One stream and the channel it has for itself. Requests come from the publisher's thread, callbacks from gRPC's. */
final class PublishStream implements ClientResponseObserver<PublishRequest, PublishResponse> {
    /** What holds where a gateway leaves a limit out; nothing is unbounded. */
    private static final int DEFAULT_MAX_EVENT_BYTES = 512 * 1_024;

    private static final int DEFAULT_MAX_FRAME_RESOURCES = 500;
    private static final int DEFAULT_MAX_UNDECIDED_EVENTS = 64;

    private final long connection;
    private final String address;
    private final ManagedChannel channel;
    private final StreamListener listener;
    private volatile @Nullable ClientCallStreamObserver<PublishRequest> requests;
    /** Once set nothing more is told. */
    private volatile boolean ended;
    /** For gRPC's thread alone: the first readiness is the connection. */
    private boolean connected;

    PublishStream(long connection, String address, ManagedChannel channel, StreamListener listener) {
        this.connection = connection;
        this.address = address;
        this.channel = channel;
        this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PublishRequest> stream) {
        requests = stream;
        stream.setOnReadyHandler(this::onReady);
    }

    private void onReady() {
        if (ended) {
            return;
        }
        if (connected) {
            listener.onWritable(connection);
        } else {
            connected = true;
            listener.onConnected(connection);
        }
    }

    boolean isReady() {
        ClientCallStreamObserver<PublishRequest> stream = requests;
        return !ended && stream != null && stream.isReady();
    }

    void send(PublishRequest request) {
        ClientCallStreamObserver<PublishRequest> stream = requests;
        if (!ended && stream != null) {
            stream.onNext(request);
        }
    }

    void cancel(String reason) {
        ended = true;
        ClientCallStreamObserver<PublishRequest> stream = requests;
        if (stream != null) {
            stream.cancel(reason, null);
        }
        channel.shutdownNow();
    }

    @Override
    public void onNext(PublishResponse response) {
        if (ended) {
            return;
        }
        switch (response.getMessageCase()) {
            case OPENED ->
                listener.onOpened(
                        connection,
                        response.getOpened().getDecidedSequence(),
                        limits(response.getOpened().getLimits()));
            case ACK -> onAck(response.getAck());
            case SEND_SNAPSHOT ->
                listener.onSendSnapshot(connection, response.getSendSnapshot().getReason());
            // A newer gateway may say things this publisher need not know.
            case MESSAGE_NOT_SET -> {}
        }
    }

    private void onAck(Ack ack) {
        listener.onAck(
                connection,
                ack.getSequence(),
                ack.getRevision(),
                ack.getRefusalsList().stream()
                        .map(refusal -> new Refused(
                                refusal.getSequence(), refusal.getRule(), refusal.getMessage(), refusal.getRefused()))
                        .toList());
    }

    private static GatewayLimits limits(Limits limits) {
        return new GatewayLimits(
                orDefault(limits.getMaxEventBytes(), DEFAULT_MAX_EVENT_BYTES),
                orDefault(limits.getMaxFrameResources(), DEFAULT_MAX_FRAME_RESOURCES),
                orDefault(limits.getMaxUndecidedEvents(), DEFAULT_MAX_UNDECIDED_EVENTS));
    }

    private static int orDefault(int limit, int otherwise) {
        return limit > 0 ? limit : otherwise;
    }

    @Override
    public void onError(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        end(new StreamEnd(
                code(status.getCode()),
                "%s: %s%s"
                        .formatted(
                                address,
                                status.getCode(),
                                status.getDescription() == null ? "" : ": " + status.getDescription())));
    }

    @Override
    public void onCompleted() {
        end(new StreamEnd(StreamEnd.Code.LOST, address + ": the gateway ended the stream"));
    }

    /** The one place where gRPC's codes become ours. Sent again unchanged, what was refused would be refused again. */
    private static StreamEnd.Code code(Status.Code code) {
        return switch (code) {
            case ABORTED, FAILED_PRECONDITION, INVALID_ARGUMENT, OUT_OF_RANGE -> StreamEnd.Code.SESSION_OVER;
            default -> StreamEnd.Code.LOST;
        };
    }

    private void end(StreamEnd end) {
        if (!ended) {
            ended = true;
            listener.onEnded(connection, end);
        }
        channel.shutdownNow();
    }
}
