package io.meshlog.publisher;

import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.GatewaySecurity;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a publisher is to do. Errors name the setting by its path in the configuration file.
 *
 * @param export the cluster and the export's rules; {@code cluster} and {@code export} in the file
 * @param gateways {@code host:port} of each gateway, tried in turn; on loopback where the security is none
 * @param writer the writer's name within its cluster
 * @param source where the objects come from
 * @param reconnect how long to wait between attempts
 */
public record PublisherConfig(
        ExportSettings export,
        List<String> gateways,
        GatewaySecurity security,
        String writer,
        SourceConfig source,
        Reconnect reconnect) {

    /** The writer's name where none is configured. */
    public static final String DEFAULT_WRITER = "publisher";

    private static final int MAX_PORT = 65_535;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Exponential waits with chance.
     *
     * @param initial the bound of the first wait
     * @param max the bound of every wait
     */
    public record Reconnect(Duration initial, Duration max) {
        public static final Reconnect DEFAULT = new Reconnect(Duration.ofMillis(200), Duration.ofSeconds(30));

        public Reconnect {
            require(initial.toMillis() >= 1, "reconnect.initial: %s is shorter than 1 ms", initial);
            require(max.compareTo(initial) >= 0, "reconnect.max: %s is shorter than reconnect.initial", max);
        }
    }

    public PublisherConfig {
        gateways = List.copyOf(gateways);
        require(!gateways.isEmpty(), "gateways: there is none", "");
        gateways.forEach(PublisherConfig::requireAddress);
        if (security instanceof GatewaySecurity.InsecureDev) {
            gateways.forEach(gateway -> require(
                    LOOPBACK.contains(gateway.substring(0, gateway.lastIndexOf(':'))),
                    "gateways: \"%s\" is not on loopback, all that security.mode insecure-dev is for",
                    gateway));
        }
        require(
                !writer.isEmpty() && writer.indexOf('/') < 0,
                "writer: \"%s\" is no name, it has to be text without a slash",
                writer);
    }

    private static void requireAddress(String gateway) {
        int colon = gateway.lastIndexOf(':');
        boolean good = colon > 0 && gateway.indexOf('/') < 0;
        try {
            int port = good ? Integer.parseInt(gateway.substring(colon + 1)) : 0;
            good = port >= 1 && port <= MAX_PORT;
        } catch (NumberFormatException none) {
            good = false;
        }
        require(good, "gateways: \"%s\" is not host:port", gateway);
    }

    private static void require(boolean condition, String message, Object value) {
        if (!condition) {
            throw new IllegalArgumentException(message.formatted(value));
        }
    }
}
