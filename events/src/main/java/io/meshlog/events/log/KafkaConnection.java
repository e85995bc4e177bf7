package io.meshlog.events.log;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * How to reach a Kafka cluster.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param properties further client settings, above all for security; they go before Meshlog's own
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    public KafkaConnection {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrapServers: is empty, host:port is needed");
        }
        properties = Map.copyOf(properties);
    }

    public static KafkaConnection of(String bootstrapServers) {
        return new KafkaConnection(bootstrapServers, Map.of());
    }

    /** Client settings: these, the connection's own, and on top the given ones. */
    public Map<String, Object> with(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.putAll(settings);
        return all;
    }
}
