package io.meshlog.meshapi.feed;

/** The store is not, or may not be, what the log says. */
final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException(String message) {
        super(message);
    }
}
