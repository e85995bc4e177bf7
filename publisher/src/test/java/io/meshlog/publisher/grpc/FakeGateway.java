package io.meshlog.publisher.grpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.Ack;
import io.meshlog.schemas.v1.Limits;
import io.meshlog.schemas.v1.Opened;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import io.meshlog.schemas.v1.PublishingGrpc;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway that opens every session and acknowledges every event. */
public final class FakeGateway extends PublishingGrpc.PublishingImplBase implements BindableService {
    public final List<PublishRequest> requests = new CopyOnWriteArrayList<>();
    public final List<String> clusters = new CopyOnWriteArrayList<>();
    private volatile @Nullable StreamObserver<PublishResponse> stream;
    private volatile long decided;

    @Override
    public StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> responses) {
        stream = responses;
        return new StreamObserver<>() {
            @Override
            public void onNext(PublishRequest request) {
                requests.add(request);
                answer(request, responses);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
    }

    private void answer(PublishRequest request, StreamObserver<PublishResponse> responses) {
        if (request.hasOpen()) {
            responses.onNext(PublishResponse.newBuilder()
                    .setOpened(Opened.newBuilder()
                            .setEpoch(1)
                            .setDecidedSequence(decided)
                            .setLimits(Limits.newBuilder()
                                    .setMaxEventBytes(100_000)
                                    .setMaxFrameResources(5)
                                    .setMaxUndecidedEvents(8)))
                    .build());
        } else {
            decided = request.getEvent().getSequence();
            responses.onNext(PublishResponse.newBuilder()
                    .setAck(Ack.newBuilder().setSequence(decided).setRevision(100 + decided))
                    .build());
        }
    }

    /** Ends the present stream. */
    public void end(Status status) {
        StreamObserver<PublishResponse> present = stream;
        if (present != null) {
            present.onError(status.asRuntimeException());
        }
    }

    /** The next session begins at 0. */
    public void forget() {
        decided = 0;
    }

    /** Remembers what the headers say. */
    public ServerInterceptor headers() {
        return new ServerInterceptor() {
            @Override
            public <Q, S> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
                clusters.add(headers.get(GatewayChannels.CLUSTER_HEADER) + " "
                        + headers.get(GatewayChannels.PRINCIPAL_HEADER));
                return Contexts.interceptCall(Context.current(), call, headers, next);
            }
        };
    }
}
