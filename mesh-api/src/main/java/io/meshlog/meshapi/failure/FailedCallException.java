package io.meshlog.meshapi.failure;

/** A call fails, for one of the listed reasons. The message is for the person at the client. */
public final class FailedCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;

    FailedCallException(Failure failure, String message) {
        // no stack trace: it is an answer, made as often as clients ask for what they cannot have
        super(message, null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
