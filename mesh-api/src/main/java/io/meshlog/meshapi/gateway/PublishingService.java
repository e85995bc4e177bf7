package io.meshlog.meshapi.gateway;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.proto.InvalidResourceException;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.access.AccessInterceptor;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.schemas.v1.Ack;
import io.meshlog.schemas.v1.Limits;
import io.meshlog.schemas.v1.Opened;
import io.meshlog.schemas.v1.PublishRequest;
import io.meshlog.schemas.v1.PublishResponse;
import io.meshlog.schemas.v1.PublishingGrpc;
import io.meshlog.schemas.v1.SendSnapshot;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Publishing} service: reads and checks messages on gRPC's threads, as many as the gateway has asked for, and
 * hands them to the gateway's.
 */
public final class PublishingService extends PublishingGrpc.PublishingImplBase {
    private final Gateway gateway;

    public PublishingService(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public StreamObserver<PublishRequest> publish(StreamObserver<PublishResponse> responses) {
        return publish(AccessInterceptor.caller(), (ServerCallStreamObserver<PublishResponse>) responses);
    }

    /** A stream of this caller, however the call came. */
    public StreamObserver<PublishRequest> publish(Principal principal, ServerCallStreamObserver<PublishResponse> call) {
        call.disableAutoRequest();
        PublishStream stream = gateway.connect(principal, new Outlet(call));
        call.setOnReadyHandler(() -> gateway.run(stream, stream::flush));
        call.setOnCancelHandler(() -> gateway.run(stream, () -> stream.end("the client went away")));
        call.request(1);
        return new Inlet(principal, stream);
    }

    /** The client's messages, on the thread of the call. */
    private final class Inlet implements StreamObserver<PublishRequest> {
        private final Principal principal;
        private final PublishStream stream;

        Inlet(Principal principal, PublishStream stream) {
            this.principal = principal;
            this.stream = stream;
        }

        @Override
        public void onNext(PublishRequest request) {
            switch (request.getMessageCase()) {
                case OPEN ->
                    hand(() -> {
                        Opening opening = Opening.of(request.getOpen());
                        return () -> stream.open(opening);
                    });
                case EVENT ->
                    hand(() -> {
                        Declaration declaration =
                                Declaration.of(principal, gateway.name(), request.getEvent(), gateway.limits());
                        return () -> stream.received(declaration);
                    });
                case MESSAGE_NOT_SET -> refuse(Failure.INVALID, "message: is not set");
            }
        }

        /** Reads a message here and does what it asks for on the gateway's thread. */
        private void hand(Supplier<Runnable> reading) {
            try {
                gateway.run(stream, reading.get());
            } catch (FailedCallException refused) {
                refuse(refused.failure(), String.valueOf(refused.getMessage()));
            } catch (InvalidResourceException invalid) {
                refuse(Failure.INVALID, String.valueOf(invalid.getMessage()));
            } catch (RuntimeException unthought) {
                GrpcStatuses.of(unthought);
                refuse(Failure.INTERNAL, "internal error");
            }
        }

        private void refuse(Failure failure, String message) {
            gateway.run(stream, () -> stream.fail(failure, message));
        }

        @Override
        public void onError(Throwable failed) {
            gateway.run(stream, () -> stream.end("the client went away"));
        }

        @Override
        public void onCompleted() {
            gateway.run(stream, stream::completed);
        }
    }

    /** The gateway's messages, on the gateway's thread. */
    private static final class Outlet implements PublishOutlet {
        private final ServerCallStreamObserver<PublishResponse> call;

        Outlet(ServerCallStreamObserver<PublishResponse> call) {
            this.call = call;
        }

        @Override
        public void request(int messages) {
            call.request(messages);
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void opened(long epoch, long decidedSequence, @Nullable Cluster cluster, GatewayLimits limits) {
            Opened.Builder opened = Opened.newBuilder()
                    .setEpoch(epoch)
                    .setDecidedSequence(decidedSequence)
                    .setLimits(Limits.newBuilder()
                            .setMaxEventBytes(limits.maxEventBytes())
                            .setMaxFrameResources(limits.maxFrameResources())
                            .setMaxUndecidedEvents(limits.maxUndecidedPerSession()));
            if (cluster != null) {
                opened.setCluster(ResourceProtos.cluster(cluster));
            }
            send(PublishResponse.newBuilder().setOpened(opened).build());
        }

        @Override
        public void ack(Ack ack) {
            send(PublishResponse.newBuilder().setAck(ack).build());
        }

        @Override
        public void sendSnapshot(String reason) {
            send(PublishResponse.newBuilder()
                    .setSendSnapshot(SendSnapshot.newBuilder().setReason(reason))
                    .build());
        }

        private void send(PublishResponse response) {
            if (!call.isCancelled()) {
                call.onNext(response);
            }
        }

        @Override
        public void fail(StatusRuntimeException status) {
            if (!call.isCancelled()) {
                call.onError(status);
            }
        }

        @Override
        public void complete() {
            if (!call.isCancelled()) {
                call.onCompleted();
            }
        }
    }
}
