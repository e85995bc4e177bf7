package io.meshlog.projector.backup;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Appends records in order, outside of transactions, whose markers would be holes in the log. Holds at most
 * {@value #BUFFER_BYTES} bytes; beyond, a send waits. For one thread.
 */
final class LogProducer implements AutoCloseable {
    static final int BUFFER_BYTES = 32 << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> lost = new AtomicReference<>();

    LogProducer(KafkaConnection kafka) {
        this.producer = new KafkaProducer<>(
                kafka.with(Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        "true",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.LINGER_MS_CONFIG,
                        "5",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        Integer.toString(BUFFER_BYTES),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        Integer.toString(Topics.MAX_CHANGE_RECORD_BYTES))),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** @throws KafkaException if a record that was sent before was not kept */
    void send(ProducerRecord<byte[], byte[]> record) {
        requireKept();
        var unused = producer.send(record, (kept, error) -> lost.compareAndSet(null, error));
    }

    /** Returns when all is kept. */
    void settle() {
        producer.flush();
        requireKept();
    }

    private void requireKept() {
        Exception failed = lost.get();
        if (failed != null) {
            throw new KafkaException("a record was not kept: " + failed, failed);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
