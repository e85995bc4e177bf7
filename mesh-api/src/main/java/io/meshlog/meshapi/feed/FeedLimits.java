package io.meshlog.meshapi.feed;

import java.time.Duration;

/**
 * The bounds of a feed.
 *
 * @param rebuilds how often within {@code rebuildWindow} a store is built anew; the next time the feed stops instead
 * @param rebuildWindow see there
 * @param surelyWhole compaction has taken nothing of what is younger. Below the topic's {@code min.compaction.lag.ms} (15
 *     minutes), by as much as clocks may differ and a transaction may take
 * @param emptyBootstrap how long the first reading may take before it starts over: half of the topic's
 *     {@code delete.retention.ms}, for what is longer may miss a delete
 * @param laggingRecords how many records behind counts as lagging
 * @param laggingAfter how long the log's end may not have been reached before that counts as lagging
 * @param askEvery how often the log's end is asked for where nobody waits for it
 * @param askTimeout how long an answer may take before Kafka counts as away
 * @param retry how long to wait before Kafka is tried again
 */
public record FeedLimits(
        int rebuilds,
        Duration rebuildWindow,
        Duration surelyWhole,
        Duration emptyBootstrap,
        long laggingRecords,
        Duration laggingAfter,
        Duration askEvery,
        Duration askTimeout,
        Duration retry) {
    public static final FeedLimits DEFAULT = new FeedLimits(
            3,
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            Duration.ofHours(12),
            10_000,
            Duration.ofSeconds(2),
            Duration.ofMillis(250),
            Duration.ofSeconds(1),
            Duration.ofMillis(500));
}
