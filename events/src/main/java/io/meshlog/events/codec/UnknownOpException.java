package io.meshlog.events.codec;

/** An event says something this version does not know. Whoever folds must stop: a newer version is needed. */
public final class UnknownOpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownOpException(String eventId) {
        super("event %s has an op this version does not know: a newer version of Meshlog wrote it".formatted(eventId));
    }
}
