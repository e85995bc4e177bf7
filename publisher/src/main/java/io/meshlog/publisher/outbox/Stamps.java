package io.meshlog.publisher.outbox;

import java.util.UUID;

/** What events get from outside: ids and the time of day. */
public interface Stamps {
    /** A new session's id, never given before. */
    UUID incarnation();

    /** A new event's id: a UUIDv7. */
    UUID eventId();

    /** Microseconds since 1970. */
    long observedAtMicros();
}
