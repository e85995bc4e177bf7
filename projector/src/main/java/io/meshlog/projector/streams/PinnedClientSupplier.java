package io.meshlog.projector.streams;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives every instance's producer the same {@code transactional.id}.
 *
 * <p>Streams names its producer after its process, so that a successor cannot end the transaction its killed predecessor
 * left open, and every reader of the changelog stands still until that times out. There is one task and so one producer
 * in use at a time; the successor's first act with it ends what is open and fences the predecessor. Measured in ADR 2.
 *
 * <p>Streams begins to use a producer only when a task becomes active, so that a standby fences nobody. When a task comes
 * back to an instance that had it before, the producer takes its id back ({@link PinnedProducer#takeBack}). For one
 * Streams client with one thread.
 */
public final class PinnedClientSupplier extends DefaultKafkaClientSupplier {
    private final String transactionalId;
    private volatile @Nullable PinnedProducer producer;

    public PinnedClientSupplier(String transactionalId) {
        this.transactionalId = transactionalId;
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> pinned = new HashMap<>(config);
        pinned.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        PinnedProducer made = new PinnedProducer(() -> super.getProducer(pinned));
        producer = made;
        return made;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new AssignmentConsumer(config);
    }

    private void onAssigned(Collection<TopicPartition> added) {
        PinnedProducer current = producer;
        if (!added.isEmpty() && current != null) {
            current.takeBack();
        }
    }

    /** Tells of added partitions before Streams hears of them and restores what it needs for them. */
    private final class AssignmentConsumer extends KafkaConsumer<byte[], byte[]> {
        AssignmentConsumer(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
            super.subscribe(topics, new Preceding(listener));
        }
    }

    private final class Preceding implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener streams;

        Preceding(ConsumerRebalanceListener streams) {
            this.streams = streams;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            onAssigned(added);
            streams.onPartitionsAssigned(added);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            streams.onPartitionsRevoked(revoked);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            streams.onPartitionsLost(lost);
        }
    }
}
