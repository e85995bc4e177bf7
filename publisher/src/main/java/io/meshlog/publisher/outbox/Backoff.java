package io.meshlog.publisher.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failure: twice as long after each, up to a bound, and then a random part of the upper half, so
 * that a fleet's publishers do not all come back at once.
 *
 * <p>Worked example, from 200 ms to 30 s: 100-200 ms, 200-400 ms, 400-800 ms, ... 15-30 s, 15-30 s.
 */
public final class Backoff {
    private final long initialMs;
    private final long maxMs;
    private final RandomGenerator random;
    private int failures;

    /** @throws IllegalArgumentException unless 0 < initial <= max */
    public Backoff(Duration initial, Duration max, RandomGenerator random) {
        this.initialMs = initial.toMillis();
        this.maxMs = max.toMillis();
        this.random = random;
        if (initialMs < 1 || maxMs < initialMs) {
            throw new IllegalArgumentException("backoff: initial %s, max %s".formatted(initial, max));
        }
    }

    /** The wait after one more failure. */
    long nextMs() {
        int doublings = Math.min(failures++, 32);
        long ceiling = initialMs > maxMs >> doublings ? maxMs : initialMs << doublings;
        return ceiling - random.nextLong(ceiling / 2 + 1);
    }

    /** Something went well: the next wait is a short one again. */
    void reset() {
        failures = 0;
    }
}
