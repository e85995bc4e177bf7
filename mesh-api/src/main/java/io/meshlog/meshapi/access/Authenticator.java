package io.meshlog.meshapi.access;

import io.grpc.Attributes;
import io.grpc.Metadata;

/** Makes out who is calling. One for each way of proving it. Safe on any thread; must not block. */
public interface Authenticator {
    /**
     * @param transport what the connection knows of its peer
     * @param headers of the call
     * @throws io.meshlog.meshapi.failure.FailedCallException NOT_AUTHENTICATED if nobody can be made out
     */
    Principal authenticate(Attributes transport, Metadata headers);
}
