package io.meshlog.publisher.once;

/** Not everything was said, or not everything decided. */
public final class OneOffFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean timeout;

    OneOffFailedException(String message, boolean timeout) {
        super(message);
        this.timeout = timeout;
    }

    /** Whether only the time was over: what was said may still be decided. */
    public boolean isTimeout() {
        return timeout;
    }
}
