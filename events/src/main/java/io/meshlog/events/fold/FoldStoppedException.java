package io.meshlog.events.fold;

/**
 * The fold must not go on: passing over the event would make its state differ from the log's. Not retryable by itself;
 * the message says what an operator can do.
 */
public final class FoldStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why the fold stopped. */
    public enum Reason {
        /** Event offsets are not contiguous. */
        HOLE,
        /** The log does not begin with the founding of a fleet. */
        NOT_FOUNDED,
        /** The event needs a newer version: an unknown op, schema or feature level. */
        NEWER_VERSION_NEEDED
    }

    private final Reason reason;
    private final long eventOffset;

    public FoldStoppedException(Reason reason, long eventOffset, String message) {
        super("the fold stops at event offset " + eventOffset + ": " + message);
        this.reason = reason;
        this.eventOffset = eventOffset;
    }

    public Reason reason() {
        return reason;
    }

    /** The offset of the event that was not decided. */
    public long eventOffset() {
        return eventOffset;
    }
}
