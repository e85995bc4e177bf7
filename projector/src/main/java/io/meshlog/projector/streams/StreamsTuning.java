package io.meshlog.projector.streams;

/**
 * How Kafka Streams is run. The defaults are measured ones.
 *
 * @param commitIntervalMs how long a transaction of a long backlog goes on at most
 * @param pollMs how long the thread waits for events before it looks at anything else; a late event waits that long
 * @param standbys how many other instances keep the state warm, as far as there are other instances
 * @param sessionTimeoutMs how long a silent instance keeps the task; most of what a takeover takes
 * @param transactionTimeoutMs how long one event may take to decide; long, because the pinned transactional id and not
 *     this timeout ends what a killed instance left open. What it decided is as old as its record when readers first see
 *     it: with the ten minutes that a replica counts on, this has to stay below the changelog's
 *     {@code min.compaction.lag.ms} of fifteen
 */
public record StreamsTuning(
        int commitIntervalMs, int pollMs, int standbys, int sessionTimeoutMs, int transactionTimeoutMs) {

    public static final StreamsTuning DEFAULT = new StreamsTuning(50, 2, 1, 6_000, 60_000);

    public StreamsTuning {
        requireWithin("commitIntervalMs", commitIntervalMs, 1, 1_000);
        requireWithin("pollMs", pollMs, 1, 1_000);
        requireWithin("standbys", standbys, 0, 8);
        requireWithin("sessionTimeoutMs", sessionTimeoutMs, 1_000, 300_000);
        requireWithin("transactionTimeoutMs", transactionTimeoutMs, 10_000, 240_000);
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "streams.%s: is %d, it must be in %d to %d".formatted(name, value, least, most));
        }
    }
}
