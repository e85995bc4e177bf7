package io.meshlog.meshapi.watch;

/** What a watch is to deliver, and from where on. */
public record WatchSpec(Selector selector, Start start) {

    /** Where a watch begins. */
    public sealed interface Start {
        /** With a snapshot. */
        record FromSnapshot() implements Start {}

        /** With what changed after a revision of whatever log the replica holds. */
        record AfterRevision(long revision) implements Start {}

        /** With what changed after a revision of a certain log. */
        record AfterToken(ResumeToken token) implements Start {}
    }
}
