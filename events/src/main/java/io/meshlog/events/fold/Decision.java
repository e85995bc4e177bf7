package io.meshlog.events.fold;

import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the fold decided about one event. Applying it to the state it was decided on gives the next state.
 *
 * @param eventOffset of the event
 * @param revision after it
 * @param changes what goes to the changelog, in order: the write's changes, then a digest where one was asked for, then
 *     the trace of the writer's session
 * @param forgotten keys whose deletes are no longer known: tombstones in the changelog
 * @param session the writer's as the event leaves it, which is what the trace says; null for events of no session
 */
public record Decision(
        long eventOffset,
        long revision,
        List<FleetChange> changes,
        List<ResourceKey> forgotten,
        @Nullable Session session) {
    public Decision {
        changes = List.copyOf(changes);
        forgotten = List.copyOf(forgotten);
    }

    /** To the writer, null for events of no session. */
    public @Nullable Answer answer() {
        return session == null ? null : session.answer();
    }
}
