package io.meshlog.publisher.outbox;

import java.util.UUID;

/** Ids that count, and a clock that does not go. */
final class CountingStamps implements Stamps {
    private long incarnations;
    private long events;

    @Override
    public UUID incarnation() {
        return new UUID(1, ++incarnations);
    }

    @Override
    public UUID eventId() {
        return new UUID(2, ++events);
    }

    @Override
    public long observedAtMicros() {
        return 1_000;
    }
}
