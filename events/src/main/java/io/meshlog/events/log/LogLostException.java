package io.meshlog.events.log;

/**
 * What was to be read next is no longer, or not yet, in the topic: it was deleted, or the topic was truncated or made
 * anew. Never skipped over; the reader's owner decides what to do.
 */
public final class LogLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long wantedOffset;

    public LogLostException(String topic, long wantedOffset, Throwable cause) {
        super(
                "%s has no offset %d any more: what stood there is lost to this reader".formatted(topic, wantedOffset),
                cause);
        this.wantedOffset = wantedOffset;
    }

    /** The offset that was to be read next. */
    public long wantedOffset() {
        return wantedOffset;
    }
}
