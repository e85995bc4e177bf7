package io.meshlog.meshapi.failure;

import io.grpc.Status;

/**
 * Why a call fails: the closed list of what the faces answer, each with its gRPC code and with how long a client should
 * wait before it tries again. The names travel to clients as {@code google.rpc.ErrorInfo.reason}.
 */
public enum Failure {
    /** Nobody can be made out of the connection. */
    NOT_AUTHENTICATED(Status.Code.UNAUTHENTICATED, 0),
    /** The caller may not do this, or not on what was asked for. */
    NOT_PERMITTED(Status.Code.PERMISSION_DENIED, 0),
    /** The request says what cannot be understood, or is larger than a limit; the same request fails again. */
    INVALID(Status.Code.INVALID_ARGUMENT, 0),
    /** There is no such resource. */
    NOT_FOUND(Status.Code.NOT_FOUND, 0),
    /** The cluster is not a member of the fleet. */
    NOT_ADMITTED(Status.Code.FAILED_PRECONDITION, 0),
    /** The fleet decided against it. */
    REFUSED(Status.Code.FAILED_PRECONDITION, 0),
    /** An event came that is not its session's next. */
    SEQUENCE_GAP(Status.Code.FAILED_PRECONDITION, 0),
    /** The session belongs to somebody who opened it later. */
    FENCED(Status.Code.ABORTED, 0),
    /** The same client came back on another stream. */
    REPLACED(Status.Code.ABORTED, 0),
    /** A named limit is reached for now. */
    OVERLOADED(Status.Code.RESOURCE_EXHAUSTED, 250),
    /** The replica is not complete yet, or the fleet not founded. */
    NOT_READY(Status.Code.UNAVAILABLE, 1_000),
    /** The log does not take events. */
    LOG_UNAVAILABLE(Status.Code.UNAVAILABLE, 1_000),
    /** The log took an event and the fleet has not decided it in time. */
    UNDECIDED(Status.Code.UNAVAILABLE, 1_000),
    /** The replica has not seen the asked revision yet. */
    BEHIND(Status.Code.UNAVAILABLE, 500),
    /** The client did not read for too long. */
    STALLED(Status.Code.UNAVAILABLE, 500),
    /** The server is going away; another one is there. */
    STOPPING(Status.Code.UNAVAILABLE, 250),
    /** The replica took itself out of service. */
    OUT_OF_SERVICE(Status.Code.UNAVAILABLE, 5_000),
    /** A bug. */
    INTERNAL(Status.Code.INTERNAL, 0);

    private final Status.Code code;
    private final long retryAfterMs;

    Failure(Status.Code code, long retryAfterMs) {
        this.code = code;
        this.retryAfterMs = retryAfterMs;
    }

    /** How gRPC calls it. */
    public Status.Code code() {
        return code;
    }

    /** Whether the same request can succeed later, here or at another replica. */
    public boolean isRetryable() {
        return retryAfterMs > 0;
    }

    /** How long a client should wait before it tries again, in milliseconds; 0 where that does not help. */
    public long retryAfterMs() {
        return retryAfterMs;
    }

    /** The exception that says so. */
    public FailedCallException because(String message, Object... values) {
        return new FailedCallException(this, message.formatted(values));
    }
}
