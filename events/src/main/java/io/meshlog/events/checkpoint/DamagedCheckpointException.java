package io.meshlog.events.checkpoint;

/** A checkpoint is not what was written: a part is missing, out of place or altered. It is never used. */
public final class DamagedCheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedCheckpointException(String message) {
        super(message);
    }

    public DamagedCheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
