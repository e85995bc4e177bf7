package io.meshlog.events.log;

/** A topic or broker is not as Meshlog needs it; the message names what, how it is and how it must be. */
public final class TopicException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TopicException(String message) {
        super(message);
    }
}
