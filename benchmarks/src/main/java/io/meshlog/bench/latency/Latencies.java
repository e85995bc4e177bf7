package io.meshlog.bench.latency;

import java.util.Arrays;

/** Durations in nanoseconds, all of them kept. For one thread. */
final class Latencies {
    private static final double NANOS_PER_MS = 1_000_000;

    private long[] nanos = new long[1 << 16];
    private int count;

    void add(long duration) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = duration;
    }

    int count() {
        return count;
    }

    /** @param quantile 0 to 1 */
    double quantileMs(double quantile) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1L, (long) (quantile * count))] / NANOS_PER_MS;
    }
}
