package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.WatchSpec.Start;

/** How a watch can begin, given where the store is. */
sealed interface Resumption {
    /** With a snapshot, as asked. */
    record Snapshot() implements Resumption {}

    /** With a snapshot, because what was asked for cannot be had; why, for people. */
    record Resync(String reason) implements Resumption {}

    /** With what changed after a revision. */
    record After(long revision) implements Resumption {}

    /** Not yet: the store is behind the asked revision. */
    record Held(long behind) implements Resumption {}

    static Resumption of(Start start, StorePosition position) {
        return switch (start) {
            case Start.FromSnapshot none -> new Snapshot();
            case Start.AfterRevision after -> after(after.revision(), position);
            case Start.AfterToken after ->
                after.token().logId().equals(position.logId())
                        ? after(after.token().revision(), position)
                        : new Resync("the resume token is of another log");
        };
    }

    private static Resumption after(long revision, StorePosition position) {
        if (revision < position.horizon()) {
            return new Resync("revision %d is below the horizon %d: deletes up to there are forgotten"
                    .formatted(revision, position.horizon()));
        }
        return revision > position.revision() ? new Held(revision - position.revision()) : new After(revision);
    }
}
