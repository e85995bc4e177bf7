package io.meshlog.publisher.outbox;

import io.meshlog.events.model.Statement;
import java.util.UUID;

/**
 * One event of a session as it is sent, and sent again: unchanged.
 *
 * @param sequence from 1
 * @param observedAtMicros microseconds since 1970, by the publisher's clock
 * @param statement an upsert, a delete or a frame
 */
public record OutboxEvent(UUID eventId, long sequence, long observedAtMicros, Statement statement) {}
