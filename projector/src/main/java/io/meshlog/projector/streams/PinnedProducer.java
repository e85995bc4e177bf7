package io.meshlog.projector.streams;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A producer that can take its pinned {@code transactional.id} back.
 *
 * <p>Streams initialises a producer's transactions once. An instance that folded before, gave the task away and gets it
 * again therefore neither ends what its successor left open nor bumps the epoch: its restore waits behind the open
 * transaction until that times out. So with each task that comes back, {@link #takeBack} puts a new producer in the old
 * one's place and initialises it, before Streams restores. For the Streams thread.
 */
final class PinnedProducer implements Producer<byte[], byte[]> {
    private final Supplier<Producer<byte[], byte[]>> producers;
    private Producer<byte[], byte[]> current;
    private boolean initialized;

    PinnedProducer(Supplier<Producer<byte[], byte[]>> producers) {
        this.producers = producers;
        this.current = producers.get();
    }

    /** Ends whatever is open under the id, and fences whoever had it. Does nothing before the first initialisation. */
    void takeBack() {
        if (initialized) {
            current.close(Duration.ZERO);
            current = producers.get();
            current.initTransactions();
        }
    }

    @Override
    public void initTransactions() {
        current.initTransactions();
        initialized = true;
    }

    @Override
    public void beginTransaction() {
        current.beginTransaction();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        current.sendOffsetsToTransaction(offsets, groupMetadata);
    }

    @Override
    public void commitTransaction() {
        current.commitTransaction();
    }

    @Override
    public void abortTransaction() {
        current.abortTransaction();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        current.registerMetricForSubscription(metric);
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        current.unregisterMetricFromSubscription(metric);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return current.send(record);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        return current.send(record, callback);
    }

    @Override
    public void flush() {
        current.flush();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return current.partitionsFor(topic);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return current.metrics();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return current.clientInstanceId(timeout);
    }

    @Override
    public void close() {
        current.close();
    }

    @Override
    public void close(Duration timeout) {
        current.close(timeout);
    }
}
