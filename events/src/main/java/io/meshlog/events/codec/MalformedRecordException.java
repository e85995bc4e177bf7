package io.meshlog.events.codec;

/** Bytes that are not what their own schema says. The same bytes are malformed for everyone, for ever. */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
