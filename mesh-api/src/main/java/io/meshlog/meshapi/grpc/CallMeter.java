package io.meshlog.meshapi.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls by method and by how they ended, refused ones included. Bounded by the methods of the server: what is not
 * one of them never gets here.
 */
public final class CallMeter implements ServerInterceptor {
    /** @param method full name, for example {@code meshlog.v1.Mesh/Watch} */
    public record Ended(String method, Status.Code code) {}

    private final ConcurrentHashMap<Ended, LongAdder> ended = new ConcurrentHashMap<>();

    /** Calls that ended so far. */
    public Map<Ended, LongAdder> ended() {
        return ended;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        return next.startCall(
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        ended.computeIfAbsent(new Ended(method, status.getCode()), none -> new LongAdder())
                                .increment();
                        super.close(status, trailers);
                    }
                },
                headers);
    }
}
