package io.meshlog.events.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** One partition from an offset that its owner chose. For one thread, but for {@link #wakeup}. */
public final class PartitionReader implements AutoCloseable {
    /** In small heaps a part of it: the consumer holds one answer while it asks for the next. */
    private static final int FETCH_MAX_BYTES = atMost(16 << 20, 32);
    /**
     * A broker answers what a connection asks one after another: while a fetch waits for news, the question for the log's end
     * waits behind it, and with it every linearizable read. Kafka's default is 500 ms.
     */
    private static final int FETCH_MAX_WAIT_MS = 20;

    /** Records come decompressed and decoded: room for 64 KiB each. */
    private static final int MAX_POLL_RECORDS = atMost(10_000, 64 << 10);

    private static int atMost(int most, int heapPart) {
        return (int) Math.min(most, Runtime.getRuntime().maxMemory() / heapPart);
    }

    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** @param committedOnly whether what a transaction has not committed is held back */
    public PartitionReader(KafkaConnection kafka, String topic, boolean committedOnly) {
        this.partition = new TopicPartition(topic, Topics.PARTITION);
        this.consumer = new KafkaConsumer<>(
                kafka.with(Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        "false",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        committedOnly ? "read_committed" : "read_uncommitted",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        Integer.toString(FETCH_MAX_BYTES),
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        Integer.toString(FETCH_MAX_BYTES),
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        Integer.toString(FETCH_MAX_WAIT_MS),
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        Integer.toString(MAX_POLL_RECORDS))),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
    }

    /** The next poll begins here. */
    public void seek(long offset) {
        consumer.seek(partition, offset);
    }

    /** The offset of the oldest record there is. Blocks for at most the timeout. */
    public long beginning(Duration timeout) {
        return Objects.requireNonNull(
                consumer.beginningOffsets(List.of(partition), timeout).get(partition));
    }

    /** The offset after the last record that may be read now. */
    public long end(Duration timeout) {
        return Objects.requireNonNull(
                consumer.endOffsets(List.of(partition), timeout).get(partition));
    }

    /** The offset up to which everything was polled. */
    public long position() {
        return consumer.position(partition);
    }

    /**
     * What came, read one by one. A record that cannot be read is never passed over: what came before it is given out
     * first, and from then on every poll meets it and throws.
     */
    public <T> List<T> poll(Duration timeout, Function<ConsumerRecord<byte[], byte[]>, T> reading) {
        List<ConsumerRecord<byte[], byte[]>> polled = records(timeout);
        List<T> read = new ArrayList<>(polled.size());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            try {
                read.add(reading.apply(record));
            } catch (RuntimeException unreadable) {
                consumer.seek(partition, record.offset());
                if (read.isEmpty()) {
                    throw unreadable;
                }
                return read;
            }
        }
        return read;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(Duration timeout) {
        try {
            return consumer.poll(timeout).records(partition);
        } catch (OffsetOutOfRangeException lost) {
            throw new LogLostException(
                    partition.topic(), lost.offsetOutOfRangePartitions().getOrDefault(partition, -1L), lost);
        }
    }

    /** Ends a poll at once with a WakeupException. Any thread may. */
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
