package io.meshlog.events.log;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * How to reach a Kafka cluster.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param properties further client settings, above all for security; Meshlog's own go before them
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]]+):\\d{1,5}");

    public KafkaConnection {
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException("kafka.bootstrapServers: is empty, host:port is needed");
        }
        for (String server : bootstrapServers.split(",", -1)) {
            if (!SERVER.matcher(server.strip()).matches()) {
                throw new IllegalArgumentException(
                        "kafka.bootstrapServers: \"%s\" is not host:port".formatted(server.strip()));
            }
        }
        if (properties.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            throw new IllegalArgumentException("kafka.properties.%s: is said by kafka.bootstrapServers"
                    .formatted(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG));
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

    /** Without the properties' values, which may be passwords. */
    @Override
    public String toString() {
        return "KafkaConnection[%s, properties %s]".formatted(bootstrapServers, new TreeSet<>(properties.keySet()));
    }
}
