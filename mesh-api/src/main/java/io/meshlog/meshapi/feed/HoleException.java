package io.meshlog.meshapi.feed;

/** A change is missing from the changelog, where compaction cannot have been. */
final class HoleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HoleException(String message) {
        super("a hole in the changelog: " + message);
    }
}
