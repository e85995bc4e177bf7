package io.meshlog.cli.up;

/** {@code up} cannot do its work; the message says why and what to do. */
final class UpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpException(String message) {
        super(message);
    }
}
