package io.meshlog.projector;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/**
 * Gives every instance's producer the same {@code transactional.id}.
 *
 * <p>Streams names its producer after its process, so that a successor cannot end the transaction its killed predecessor
 * left open, and every reader of the changelog stands still until that times out. There is one task and so one producer
 * in use at a time; the successor's first act with it ends what is open and fences the predecessor. Measured in ADR 2.
 *
 * <p>Streams begins to use a producer only when a task becomes active, so that a standby fences nobody.
 */
final class PinnedClientSupplier extends DefaultKafkaClientSupplier {
    private final String transactionalId;

    PinnedClientSupplier(String transactionalId) {
        this.transactionalId = transactionalId;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> pinned = new HashMap<>(config);
        pinned.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        return super.getProducer(pinned);
    }
}
