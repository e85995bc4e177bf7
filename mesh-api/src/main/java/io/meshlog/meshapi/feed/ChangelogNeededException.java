package io.meshlog.meshapi.feed;

/** An event cannot be decided here: the changelog has to tell what became of it. */
final class ChangelogNeededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChangelogNeededException(String why) {
        super(why);
    }

    ChangelogNeededException(RuntimeException why) {
        super(why.getMessage(), why);
    }
}
