package io.meshlog.events.wire;

/** The schema registry did not do what it was asked. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public RegistryException(String message, boolean retryable) {
        super(message);
        this.retryable = retryable;
    }

    public RegistryException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
        this.retryable = true;
    }

    /** Whether asking again later can help: the registry was away or failed, rather than refused. */
    public boolean isRetryable() {
        return retryable;
    }
}
