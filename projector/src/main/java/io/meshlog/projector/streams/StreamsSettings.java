package io.meshlog.projector.streams;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings Streams runs with; each that is not obvious says why. */
final class StreamsSettings {
    private static final int BATCH_BYTES = 256 << 10;

    private StreamsSettings() {}

    static Properties of(FoldSite site) {
        StreamsTuning tuning = site.tuning();
        Properties settings = new Properties();
        settings.putAll(site.kafka().with(Map.of()));
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, site.group());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, site.directory().toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // one partition makes one task, and a second thread would only rebalance
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, tuning.standbys());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, tuning.commitIntervalMs());
        settings.put(StreamsConfig.POLL_MS_CONFIG, tuning.pollMs());
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) site.replicationFactor());
        // start offsets are chosen, never defaulted: a missing one must stop the fold, not move it
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "none");
        settings.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), tuning.sessionTimeoutMs());
        settings.put(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                Math.max(100, tuning.sessionTimeoutMs() / 10));
        settings.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), tuning.transactionTimeoutMs());
        // with several replicas the next transaction waits for the markers of the last, in steps of this
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 2);
        // one batch for each topic and transaction: brokers refuse a second one that overtakes the first's check
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        // a job's record holds what is left of a whole event, so both topics take more than a client's default
        settings.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.MAX_CHANGE_RECORD_BYTES);
        settings.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), Topics.MAX_CHANGE_RECORD_BYTES);
        // brokers come back within seconds; the default would go up to one second between tries
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.put(
                StreamsConfig.adminClientPrefix(AdminClientConfig.RETRY_BACKOFF_MS_CONFIG),
                KafkaConnection.ADMIN_RETRY_BACKOFF_MS);
        // a state that is lost with its topic cannot be had again from anywhere near
        settings.put(
                StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG),
                Integer.toString(site.replicationFactor() >= 3 ? 2 : 1));
        return settings;
    }
}
