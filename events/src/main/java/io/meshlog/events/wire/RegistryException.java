package io.meshlog.events.wire;

/** The schema registry did not do what it was asked. */
public final class RegistryException extends RuntimeException {
    /** There was no HTTP answer. */
    public static final int NO_STATUS = 0;

    private static final long serialVersionUID = 1L;

    private final int status;
    private final boolean retryable;

    /** @param status the HTTP status it answered */
    public RegistryException(String message, int status) {
        super(message);
        this.status = status;
        this.retryable = RegistryClient.isRetryable(status);
    }

    /** It did not answer, or not with anything that can be read: asking again can help. */
    public RegistryException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
        this.status = NO_STATUS;
        this.retryable = true;
    }

    /** It was not asked to the end: asking again is not what the caller wants. */
    RegistryException(String message, int status, InterruptedException cause) {
        super(message, cause);
        this.status = status;
        this.retryable = false;
    }

    RegistryException(String message, RegistryException cause) {
        super(message, cause);
        this.status = cause.status;
        this.retryable = cause.retryable;
    }

    /** The HTTP status of its answer, {@value #NO_STATUS} where there was none. */
    public int status() {
        return status;
    }

    /** Whether asking again later can help: the registry was away or failed, rather than refused. */
    public boolean isRetryable() {
        return retryable;
    }
}
