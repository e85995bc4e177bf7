package io.meshlog.events.log;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * How to reach a Kafka cluster.
 *
 * @param bootstrapServers host:port, several separated by commas
 * @param properties further client settings, above all for security; Meshlog's own go before them
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    /**
     * How long one request may stay unanswered, in milliseconds, unless the properties say otherwise. Kafka's own default of
     * 30 s is how long a client waits for a broker that is paused or cut off while another one has long taken its place.
     */
    public static final int REQUEST_TIMEOUT_MS = 5_000;

    /**
     * How long an admin client waits before it asks again, in milliseconds, unless the properties say otherwise. While no
     * broker can be reached Kafka's admin client drops what it knows of them and begins anew in each round of its loop, and
     * waits between rounds only once this has grown: with its own default of 100 ms it does so hundreds of times a second.
     */
    public static final int ADMIN_RETRY_BACKOFF_MS = 500;

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

    /** Client settings: the time of a request, over it the properties, the servers, and on top the given ones. */
    public Map<String, Object> with(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        all.putAll(properties);
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.putAll(settings);
        return all;
    }

    /** An admin client, for the caller to close. */
    public Admin admin() {
        return admin(Map.of());
    }

    /** The same with some settings on top. */
    public Admin admin(Map<String, ?> settings) {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, ADMIN_RETRY_BACKOFF_MS);
        all.putAll(with(settings));
        return Admin.create(all);
    }

    /** Without the properties' values, which may be passwords. */
    @Override
    public String toString() {
        return "KafkaConnection[%s, properties %s]".formatted(bootstrapServers, new TreeSet<>(properties.keySet()));
    }
}
