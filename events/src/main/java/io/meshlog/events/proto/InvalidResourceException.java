package io.meshlog.events.proto;

/** A message that is no resource or event; says which field is wrong and how. */
public final class InvalidResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidResourceException(String message) {
        super(message);
    }
}
