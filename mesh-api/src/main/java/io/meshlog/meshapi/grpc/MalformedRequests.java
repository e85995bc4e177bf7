package io.meshlog.meshapi.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import java.util.List;

/**
 * Answers bytes that are no request with INVALID and a reason. gRPC reads requests outside of every interceptor and takes a
 * failure there for a bug of the server: the client hears UNKNOWN, the log gets a stack trace for each.
 *
 * <p>So requests reach the interceptors unread, and are read within this one, around all others.
 */
final class MalformedRequests implements ServerInterceptor {
    private MalformedRequests() {}

    /** The service behind some interceptors, the first of them outermost. */
    static ServerServiceDefinition guard(ServerServiceDefinition service, List<ServerInterceptor> interceptors) {
        ServerServiceDefinition unread =
                ServerInterceptors.useInputStreamMessages(ServerInterceptors.interceptForward(service, interceptors));
        return ServerInterceptors.interceptForward(unread, new MalformedRequests());
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        EndableCall<A, B> endable = new EndableCall<>(call);
        return new Listener<>(next.startCall(endable, headers), endable);
    }

    /** Hands messages in, until one cannot be read. */
    private static final class Listener<A, B> extends SimpleForwardingServerCallListener<A> {
        private final EndableCall<A, B> call;

        Listener(ServerCall.Listener<A> delegate, EndableCall<A, B> call) {
            super(delegate);
            this.call = call;
        }

        @Override
        public void onMessage(A message) {
            if (call.ended()) {
                return;
            }
            try {
                super.onMessage(message);
            } catch (StatusRuntimeException unreadable) {
                if (!(unreadable.getCause() instanceof InvalidProtocolBufferException malformed)) {
                    throw unreadable;
                }
                call.end(GrpcStatuses.of(
                        Failure.INVALID,
                        "the message is no request of %s: %s"
                                .formatted(call.getMethodDescriptor().getFullMethodName(), malformed.getMessage())));
                // whoever serves the call does not hear of an end that is the server's own
                super.onCancel();
            }
        }

        @Override
        public void onHalfClose() {
            if (!call.ended()) {
                super.onHalfClose();
            }
        }

        @Override
        public void onReady() {
            if (!call.ended()) {
                super.onReady();
            }
        }

        @Override
        public void onCancel() {
            if (!call.ended()) {
                super.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!call.ended()) {
                super.onComplete();
            }
        }
    }

    /**
     * A call that can end under the hands of whoever serves it, on another thread: what they still say goes nowhere, where
     * gRPC would throw.
     */
    private static final class EndableCall<A, B> extends SimpleForwardingServerCall<A, B> {
        private boolean ended;

        EndableCall(ServerCall<A, B> delegate) {
            super(delegate);
        }

        synchronized boolean ended() {
            return ended;
        }

        synchronized void end(StatusRuntimeException status) {
            Metadata trailers = status.getTrailers();
            ended = true;
            super.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!ended) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(B message) {
            if (!ended) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!ended) {
                super.close(status, trailers);
            }
        }
    }
}
