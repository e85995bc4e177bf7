package io.meshlog.events.codec;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Microseconds since 1970, any that fit, however far off a writer's clock is. */
final class Instants {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private Instants() {}

    static @Nullable Instant ofMicros(OptionalLong micros) {
        if (micros.isEmpty()) {
            return null;
        }
        long since = micros.getAsLong();
        return Instant.ofEpochSecond(
                Math.floorDiv(since, MICROS_PER_SECOND), Math.floorMod(since, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }

    static OptionalLong micros(@Nullable Instant instant) {
        // the product may overflow where the sum does not, and then the sum is right all the same
        return instant == null
                ? OptionalLong.empty()
                : OptionalLong.of(instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / NANOS_PER_MICRO);
    }
}
