package io.meshlog.projector.checkpoint;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.FleetChange;
import java.time.Duration;

/**
 * How far the changelog says the log is decided. A fold that begins at a checkpoint decides again what stands after it in
 * the log, and must not say again what the changelog has said already.
 */
public final class ChangelogTail {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FIRST_STEP = 64;

    private ChangelogTail() {}

    /**
     * The offset of the last event whose decision is in the changelog, -1 for none. Looks back from the end, in steps that
     * grow, for the last record that tells. Blocks.
     *
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    public static long lastDecided(KafkaConnection kafka, Topics topics) {
        try (ChangelogReader reader = new ChangelogReader(kafka, topics)) {
            long beginning = reader.beginning(TIMEOUT);
            long to = reader.stableEnd(TIMEOUT);
            for (long step = FIRST_STEP; to > beginning; step *= FIRST_STEP) {
                long from = Math.max(beginning, to - step);
                Newest newest = read(reader, from, to);
                if (newest.found) {
                    return newest.eventOffset;
                }
                to = from;
            }
            return -1;
        }
    }

    private static final class Newest {
        private boolean found;
        private long eventOffset = -1;
    }

    private static Newest read(ChangelogReader reader, long from, long to) {
        Newest newest = new Newest();
        reader.seek(from);
        while (reader.position() < to) {
            for (ChangeRecord record : reader.poll(POLL)) {
                FleetChange change = record.change();
                if (change != null && record.offset() < to) {
                    newest.found = true;
                    newest.eventOffset =
                            Math.max(newest.eventOffset, change.provenance().eventOffset());
                }
            }
        }
        return newest;
    }
}
