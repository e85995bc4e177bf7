package io.meshlog.events.model;

import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was said: one event of the fleet's one log.
 *
 * @param eventId a UUIDv7, the same when the event is sent again
 * @param observedAtMicros microseconds since 1970 by the writer's clock
 */
public record MeshEvent(UUID eventId, Sender sender, OptionalLong observedAtMicros, Statement statement) {

    /**
     * Who said it, and where in the writer's session.
     *
     * @param cluster stamped by the gateway, null for the fleet's own writers
     * @param principal stamped by the gateway
     * @param gateway the gateway that took it in, empty for writers that need none
     * @param writer unique within its cluster
     * @param epoch for an opening, the one the session is to have
     * @param sequence from 1; 0 for an opening
     */
    public record Sender(
            @Nullable String cluster, String principal, String gateway, String writer, long epoch, long sequence) {
        public ResourceKey sessionKey() {
            return ResourceKey.session(cluster, writer);
        }
    }
}
