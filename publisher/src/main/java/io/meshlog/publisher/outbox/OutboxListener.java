package io.meshlog.publisher.outbox;

import io.meshlog.events.model.ResourceKey;
import java.util.List;

/** Who hears what an outbox does; called on its thread, for logs and status. */
public interface OutboxListener {

    /**
     * An event, or resources of it, that the fleet refused. It stays refused until the resource or the fleet's rules
     * change; readers see it as a violation.
     *
     * @param resources how many resources of the event were refused
     */
    record Refused(long sequence, String rule, String message, int resources) {}

    /** The state is another one, or the same one further on. */
    void onTransition(OutboxState from, OutboxState to);

    /** Everything declared up to now is decided. Said each time it becomes true again. */
    void onSynced(long revision);

    void onRefused(List<Refused> refused);

    /** A resource is larger than any event may be: the fleet goes without it until it is smaller. */
    void onTooLarge(ResourceKey key, int bytes, int limit);
}
