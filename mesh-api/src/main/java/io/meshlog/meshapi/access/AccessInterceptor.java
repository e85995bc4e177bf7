package io.meshlog.meshapi.access;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.GrpcStatuses;

/**
 * Authorizes every call, before its handler sees anything: who is calling, whether they may call the method, and, with
 * each request message, whether they may have the range it asks for. The one place where that is done; deny by default.
 */
public final class AccessInterceptor implements ServerInterceptor {
    private static final Context.Key<Principal> PRINCIPAL = Context.key("meshlog-principal");

    private final Authenticator authenticator;

    public AccessInterceptor(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    /**
     * Who is calling. To be asked on the thread that handles the call, in its context.
     *
     * @throws IllegalStateException if the call did not come through the interceptor: a server built without it
     */
    public static Principal caller() {
        Principal principal = PRINCIPAL.get();
        if (principal == null) {
            throw new IllegalStateException("a call without a principal: the server has no access interceptor");
        }
        return principal;
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Principal principal;
        try {
            principal = authenticator.authenticate(call.getAttributes(), headers);
            MethodAccess.requireMethod(principal, call.getMethodDescriptor().getFullMethodName());
        } catch (FailedCallException refused) {
            close(call, refused);
            return new ServerCall.Listener<>() {};
        }
        Context context = Context.current().withValue(PRINCIPAL, principal);
        return new RangeCheck<>(Contexts.interceptCall(context, call, headers, next), call, principal);
    }

    private static void close(ServerCall<?, ?> call, FailedCallException refused) {
        StatusRuntimeException status = GrpcStatuses.of(refused);
        Metadata trailers = status.getTrailers();
        call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    /** Looks at each message before the handler does; after a refusal the handler hears only of the cancellation. */
    private static final class RangeCheck<A, B> extends SimpleForwardingServerCallListener<A> {
        private final ServerCall<A, B> call;
        private final Principal principal;
        private boolean refused;

        RangeCheck(ServerCall.Listener<A> handler, ServerCall<A, B> call, Principal principal) {
            super(handler);
            this.call = call;
            this.principal = principal;
        }

        @Override
        public void onMessage(A message) {
            if (refused) {
                return;
            }
            try {
                MethodAccess.requireRange(principal, AskedRange.of(message));
                MethodAccess.requireKeys(principal, AskedKeys.of(message));
            } catch (FailedCallException forbidden) {
                refused = true;
                close(call, forbidden);
                return;
            }
            super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
