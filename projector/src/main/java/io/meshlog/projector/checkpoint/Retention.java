package io.meshlog.projector.checkpoint;

import io.meshlog.events.checkpoint.Seal;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is no longer kept: checkpoints older than the newest few, and events that are both old enough and contained
 * in the oldest checkpoint that is kept. Nothing else ever deletes events: their topic has no time limit of its own. Blocks.
 */
final class Retention {
    private static final long TIMEOUT_MS = 20_000;
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final KafkaConnection kafka;
    private final TopicPartition events;
    private final TopicPartition checkpoints;
    private final CheckpointPolicy policy;

    Retention(KafkaConnection kafka, Topics topics, CheckpointPolicy policy) {
        this.kafka = kafka;
        this.events = new TopicPartition(topics.events(), Topics.PARTITION);
        this.checkpoints = new TopicPartition(topics.checkpoints(), Topics.PARTITION);
        this.policy = policy;
    }

    /**
     * @param seals the checkpoints there are, newest first
     * @param nowMs milliseconds since 1970
     */
    void enforce(List<Seal> seals, long nowMs) throws InterruptedException, ExecutionException, TimeoutException {
        if (seals.isEmpty()) {
            return;
        }
        Seal oldest = seals.get(Math.min(policy.keep(), seals.size()) - 1);
        try (Admin admin = kafka.admin()) {
            deleteBefore(admin, checkpoints, oldest.firstOffset());
            long contained = oldest.checkpoint().eventOffset() + 1;
            long old = firstSince(admin, nowMs - policy.eventsKeepMs());
            deleteBefore(admin, events, Math.min(contained, old));
        }
    }

    /** The offset of the first event the log took in at or after a time; the end where there is none. */
    private long firstSince(Admin admin, long timeMs)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = offset(admin, events, OffsetSpec.latest());
        long found = offset(admin, events, OffsetSpec.forTimestamp(Math.max(0, timeMs)));
        return found < 0 ? end : found;
    }

    private static void deleteBefore(Admin admin, TopicPartition partition, long offset)
            throws InterruptedException, ExecutionException, TimeoutException {
        long beginning = offset(admin, partition, OffsetSpec.earliest());
        if (offset <= beginning) {
            return;
        }
        await(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .all());
        LOG.info("{}: records {} to {} are deleted, checkpoints contain them", partition, beginning, offset - 1);
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec)
            throws InterruptedException, ExecutionException, TimeoutException {
        var found = await(admin.listOffsets(Map.of(partition, spec)).all()).get(partition);
        return Objects.requireNonNull(found).offset();
    }

    private static <T> T await(KafkaFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
}
