package io.meshlog.events.log;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.WireHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the events topic with an idempotent producer, outside of transactions, so that the events' offsets have no
 * holes.
 *
 * <p>Bounded by the producer's buffer of {@value #BUFFER_BYTES} bytes: an append that finds it full waits for room, at
 * most the delivery timeout, and then fails, and with it the writer. So do not append on an event loop.
 */
public final class KafkaEventLogWriter implements EventLogWriter {
    /** What may wait to be sent. */
    public static final int BUFFER_BYTES = 64 << 20;

    private final String topic;
    private final ReleaseIds ids;
    private final EventCodec codec = new EventCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /**
     * Blocks until the brokers know the topic, at most the timeout.
     *
     * @param ids of the events' schemas in the registry
     * @param deliveryTimeout how long an append may take before it fails
     * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
     */
    public KafkaEventLogWriter(KafkaConnection kafka, Topics topics, ReleaseIds ids, Duration deliveryTimeout) {
        this.topic = topics.events();
        this.ids = ids;
        int deliveryMs = Math.toIntExact(deliveryTimeout.toMillis());
        this.producer = connected(kafka, deliveryMs);
    }

    private KafkaProducer<byte[], byte[]> connected(KafkaConnection kafka, int deliveryMs) {
        KafkaProducer<byte[], byte[]> connected = new KafkaProducer<>(
                kafka.with(Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        "true",
                        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                        "5",
                        ProducerConfig.LINGER_MS_CONFIG,
                        "0",
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        Integer.toString(BUFFER_BYTES),
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        Integer.toString(deliveryMs),
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        Integer.toString(Topics.MAX_EVENT_RECORD_BYTES),
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        Integer.toString(Math.max(1, deliveryMs / 2)),
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        Integer.toString(deliveryMs))),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        try {
            // the first send would otherwise block its caller until the brokers have answered
            connected.partitionsFor(topic);
            return connected;
        } catch (RuntimeException away) {
            connected.close(Duration.ZERO);
            throw away;
        }
    }

    @Override
    public CompletionStage<Long> append(MeshEvent event) {
        Exception failed = failure.get();
        if (failed != null) {
            return CompletableFuture.failedFuture(failed);
        }
        ProducerRecord<byte[], byte[]> record;
        try {
            record = record(event);
        } catch (IllegalArgumentException unwritable) {
            return CompletableFuture.failedFuture(unwritable);
        }
        return send(record);
    }

    private CompletionStage<Long> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Long> appended = new CompletableFuture<>();
        try {
            // the callback says all that the future would
            var unused = producer.send(record, (metadata, error) -> {
                if (error == null) {
                    appended.complete(metadata.offset());
                } else {
                    failure.compareAndSet(null, error);
                    appended.completeExceptionally(error);
                }
            });
        } catch (RuntimeException unsendable) {
            failure.compareAndSet(null, unsendable);
            appended.completeExceptionally(unsendable);
        }
        return appended;
    }

    private ProducerRecord<byte[], byte[]> record(MeshEvent event) {
        String cluster = event.sender().cluster();
        String key = cluster == null ? ResourceKey.FLEET_PREFIX : cluster;
        long fingerprint = codec.fingerprint(event);
        byte[] datum = codec.encode(event);
        if (datum.length > Topics.MAX_EVENT_BYTES) {
            throw new IllegalArgumentException(
                    "the event has %d bytes, the limit is %d".formatted(datum.length, Topics.MAX_EVENT_BYTES));
        }
        return new ProducerRecord<>(
                topic,
                Topics.PARTITION,
                null,
                key.getBytes(StandardCharsets.UTF_8),
                ConfluentWire.frame(ids.of(fingerprint), datum),
                new RecordHeaders().add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(fingerprint)));
    }

    /** Waits a second for what is under way; what is still not kept then fails. */
    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
