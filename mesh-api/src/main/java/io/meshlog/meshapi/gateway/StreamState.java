package io.meshlog.meshapi.gateway;

import io.meshlog.events.model.MeshEvent.Sender;

/** Where a {@link PublishStream} stands; its diagram is there. */
sealed interface StreamState {
    /** Nothing came yet. */
    record Fresh() implements StreamState {}

    /**
     * The opening is in the log and not decided.
     *
     * @param sender as it opens: with the epoch it is to have
     * @param deadlineMs when the wait for the decision ends
     */
    record Opened(Opening opening, Sender sender, long deadlineMs) implements StreamState {}

    /**
     * Events are taken in.
     *
     * @param sender with the session's epoch
     */
    record Serving(Opening opening, Sender sender) implements StreamState {}

    /** Nothing comes or goes any more. */
    record Ended(String why) implements StreamState {}

    /** Whether it is under way for the same session and incarnation. */
    default boolean isOf(Opening other) {
        return switch (this) {
            case Opened opened -> opened.opening().equals(other);
            case Serving serving -> serving.opening().equals(other);
            case Fresh fresh -> false;
            case Ended ended -> false;
        };
    }
}
