package io.meshlog.events.checkpoint;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.wire.ReleaseIds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one checkpoint. Its last part goes out only when all others are kept, and only the last makes it one. At most
 * {@value #UNDER_WAY} parts are under way. Blocks; for one thread.
 */
public final class CheckpointTopicWriter implements AutoCloseable {
    private static final int UNDER_WAY = 8;
    private static final int BUFFER_BYTES = 32 << 20;

    private final Topics topics;
    private final ReleaseIds ids;
    private final CheckpointRecords records = new CheckpointRecords();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Deque<Future<RecordMetadata>> underWay = new ArrayDeque<>();
    private long firstOffset = -1;
    private long bytes;
    private int parts;

    /**
     * @param ids of the checkpoints' schemas in the registry
     * @param timeout how long a part may take to be kept
     */
    public CheckpointTopicWriter(KafkaConnection kafka, Topics topics, ReleaseIds ids, Duration timeout) {
        this.topics = topics;
        this.ids = ids;
        String ms = Long.toString(timeout.toMillis());
        this.producer = new KafkaProducer<>(
                kafka.with(Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        "true",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        Integer.toString(BUFFER_BYTES),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        Integer.toString(Topics.MAX_CHANGE_RECORD_BYTES),
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        ms,
                        ProducerConfig.LINGER_MS_CONFIG,
                        "0",
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        Long.toString(Math.max(1, timeout.toMillis() / 2)),
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        ms)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Writes the next part, any but the last.
     *
     * @throws KafkaException if one that was written before is not kept
     */
    public void write(Checkpoint checkpoint, EncodedPart encoded) throws InterruptedException {
        underWay.addLast(producer.send(records.record(topics, ids, checkpoint, parts++, encoded, null)));
        bytes += encoded.datum().size();
        while (underWay.size() > UNDER_WAY) {
            settle();
        }
    }

    /**
     * Writes the last part, and with it the checkpoint is there.
     *
     * @param tookMs how long it took to make
     * @param before the newest checkpoint until now, null for none
     */
    public Seal seal(Checkpoint checkpoint, EncodedPart encoded, long tookMs, @Nullable Seal before)
            throws InterruptedException {
        if (parts != checkpoint.parts() - 1) {
            throw new IllegalStateException(
                    "%d parts of %d were written before the last".formatted(parts, checkpoint.parts()));
        }
        while (!underWay.isEmpty()) {
            settle();
        }
        bytes += encoded.datum().size();
        long previous = before == null ? -1 : before.offset();
        Seal told = new Seal(checkpoint, bytes, tookMs, 0, firstOffset, -1, previous);
        RecordMetadata kept = await(producer.send(records.record(topics, ids, checkpoint, parts, encoded, told)));
        long first = firstOffset < 0 ? kept.offset() : firstOffset;
        return new Seal(checkpoint, bytes, tookMs, kept.timestamp(), first, kept.offset(), previous);
    }

    private void settle() throws InterruptedException {
        RecordMetadata kept = await(underWay.removeFirst());
        firstOffset = firstOffset < 0 ? kept.offset() : firstOffset;
    }

    private static RecordMetadata await(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            return sent.get();
        } catch (ExecutionException lost) {
            throw new KafkaException("a part of a checkpoint was not kept: " + lost.getCause(), lost);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
