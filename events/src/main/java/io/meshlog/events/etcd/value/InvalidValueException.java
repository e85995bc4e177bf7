package io.meshlog.events.etcd.value;

/** A value is not what Cilium writes under its key. The message names what is wrong. */
public final class InvalidValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidValueException(String message) {
        super(message);
    }

    InvalidValueException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
