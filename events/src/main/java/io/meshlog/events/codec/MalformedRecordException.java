package io.meshlog.events.codec;

/**
 * Bytes that are not what their own schema says. The same bytes are malformed for everyone, for ever.
 *
 * <p>The message becomes part of the fleet's state (a violation), so it is short, has nothing of the record's text in it
 * and nothing a library said: that is in the cause alone.
 */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
