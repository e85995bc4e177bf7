package io.meshlog.cli.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When each change of a run was due to be said. What a change waits because the one before it was not taken counts as its
 * own: a sender that falls behind does not flatter the figures. Safe on any thread.
 */
final class DueTimes {
    /** The first fifth of a run is for both sides to get warm. */
    private static final int WARM_UP_PART = 5;

    private final long first;
    private final AtomicLongArray nanos;

    /** @param first the number of the run's first change; numbers are never used again */
    DueTimes(long first, int changes) {
        this.first = first;
        this.nanos = new AtomicLongArray(changes);
    }

    int changes() {
        return nanos.length();
    }

    long first() {
        return first;
    }

    void due(long number, long dueNanos) {
        nanos.set((int) (number - first), dueNanos);
    }

    /** How long it took, -1 where that is not to be counted: another run's, or one for warming up. */
    long sinceNanos(long number, long nowNanos) {
        long index = number - first;
        if (index < nanos.length() / WARM_UP_PART || index >= nanos.length()) {
            return -1;
        }
        return Math.max(0, nowNanos - nanos.get((int) index));
    }
}
