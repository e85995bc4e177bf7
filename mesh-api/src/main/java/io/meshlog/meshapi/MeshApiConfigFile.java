package io.meshlog.meshapi;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.meshapi.MeshApiConfig.Etcd;
import io.meshlog.meshapi.MeshApiConfig.FeedMode;
import io.meshlog.meshapi.MeshApiConfig.Listen;
import io.meshlog.meshapi.gateway.GatewayLimits;
import io.meshlog.meshapi.tls.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a {@link MeshApiConfig} from YAML and the environment. Every error names the path it is about. */
public final class MeshApiConfigFile {
    /** Before the name of every variable. */
    public static final String VARIABLE_PREFIX = "MESHLOG_API_";

    private static final String KAFKA_PROPERTIES = "kafka.properties.";
    private static final Set<String> PATHS = Set.of(
            "fleet",
            "name",
            "dataDir",
            "kafka.bootstrapServers",
            "registry.url",
            "grpc.bind",
            "http.bind",
            "etcd.bind",
            "etcd.cluster",
            "feed.mode",
            "tls.certificate",
            "tls.key",
            "tls.clientCa",
            "insecureDev",
            "limits.maxEventBytes",
            "limits.maxFrameResources",
            "limits.maxUndecidedPerSession",
            "limits.maxUndecidedWeight",
            "limits.maxStreams",
            "limits.maxWaitingCommands",
            "limits.decisionTimeoutMs");

    private final Map<String, String> settings;

    private MeshApiConfigFile(Map<String, String> settings) {
        this.settings = settings;
    }

    /**
     * Reads a file, or the environment alone.
     *
     * @param file null for none
     * @throws IllegalArgumentException naming the path that is wrong
     */
    public static MeshApiConfig read(@Nullable Path file, Map<String, String> environment) {
        try {
            return parse(file == null ? "" : Files.readString(file), environment);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("%s cannot be read: %s".formatted(file, unreadable), unreadable);
        }
    }

    /** @throws IllegalArgumentException naming the path that is wrong */
    static MeshApiConfig parse(String yaml, Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>();
        try {
            Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
            if (root != null) {
                flatten("", root, settings);
            }
        } catch (YamlEngineException garbled) {
            throw new IllegalArgumentException("the file is no YAML: " + garbled.getMessage(), garbled);
        }
        for (String path : settings.keySet()) {
            if (!PATHS.contains(path) && !path.startsWith(KAFKA_PROPERTIES)) {
                throw new IllegalArgumentException("%s: there is no such setting; the settings are %s, and %s*"
                        .formatted(path, String.join(", ", new TreeSet<>(PATHS)), KAFKA_PROPERTIES));
            }
        }
        for (String path : PATHS) {
            String value = environment.get(variable(path));
            if (value != null) {
                settings.put(path, value);
            }
        }
        return new MeshApiConfigFile(settings).config();
    }

    /** {@code kafka.bootstrapServers} is {@code MESHLOG_API_KAFKA_BOOTSTRAP_SERVERS}. */
    static String variable(String path) {
        return VARIABLE_PREFIX
                + path.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private static void flatten(String path, Object node, Map<String, String> settings) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value != null) {
                    flatten(path.isEmpty() ? String.valueOf(key) : path + "." + key, value, settings);
                }
            });
        } else if (node instanceof Iterable<?>) {
            throw new IllegalArgumentException("%s: a list came, one value is needed".formatted(path));
        } else {
            settings.put(path, String.valueOf(node));
        }
    }

    private MeshApiConfig config() {
        Map<String, String> properties = new HashMap<>();
        settings.forEach((path, value) -> {
            if (path.startsWith(KAFKA_PROPERTIES)) {
                properties.put(path.substring(KAFKA_PROPERTIES.length()), value);
            }
        });
        return new MeshApiConfig(
                required("fleet"),
                required("name"),
                Path.of(required("dataDir")),
                new KafkaConnection(required("kafka.bootstrapServers"), properties),
                uri("registry.url"),
                new Listen(
                        address("grpc.bind", Listen.DEFAULT_GRPC),
                        address("http.bind", Listen.DEFAULT_HTTP),
                        flag("insecureDev"),
                        tls()),
                etcd(),
                feed(),
                limits());
    }

    private @Nullable TlsFiles tls() {
        boolean none = !settings.containsKey("tls.certificate")
                && !settings.containsKey("tls.key")
                && !settings.containsKey("tls.clientCa");
        return none
                ? null
                : new TlsFiles(
                        Path.of(required("tls.certificate")),
                        Path.of(required("tls.key")),
                        Path.of(required("tls.clientCa")));
    }

    private @Nullable Etcd etcd() {
        String bind = settings.get("etcd.bind");
        return bind == null || bind.isBlank()
                ? null
                : new Etcd(address("etcd.bind", bind), settings.get("etcd.cluster"));
    }

    private FeedMode feed() {
        String value = settings.getOrDefault("feed.mode", "events");
        return switch (value) {
            case "events" -> FeedMode.EVENTS;
            case "changelog" -> FeedMode.CHANGELOG;
            default ->
                throw new IllegalArgumentException(
                        "feed.mode: \"%s\" is neither events nor changelog".formatted(value));
        };
    }

    private GatewayLimits limits() {
        GatewayLimits none = GatewayLimits.DEFAULT;
        return new GatewayLimits(
                (int) number("limits.maxEventBytes", none.maxEventBytes()),
                (int) number("limits.maxFrameResources", none.maxFrameResources()),
                (int) number("limits.maxUndecidedPerSession", none.maxUndecidedPerSession()),
                (int) number("limits.maxUndecidedWeight", none.maxUndecidedWeight()),
                (int) number("limits.maxStreams", none.maxStreams()),
                (int) number("limits.maxWaitingCommands", none.maxWaitingCommands()),
                number("limits.decisionTimeoutMs", none.decisionTimeoutMs()));
    }

    private String required(String path) {
        String value = settings.get(path);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "%s: is missing; it can also be given as %s".formatted(path, variable(path)));
        }
        return value;
    }

    private URI uri(String path) {
        String value = required(path);
        try {
            return URI.create(value);
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException("%s: \"%s\" is no URL".formatted(path, value), none);
        }
    }

    private boolean flag(String path) {
        String value = settings.getOrDefault(path, "false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException("%s: \"%s\" is neither true nor false".formatted(path, value));
        };
    }

    private long number(String path, long none) {
        String value = settings.get(path);
        try {
            return value == null ? none : Integer.parseInt(value);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("%s: \"%s\" is no whole number".formatted(path, value), wrong);
        }
    }

    private InetSocketAddress address(String path, String none) {
        String value = settings.getOrDefault(path, none);
        int colon = value.lastIndexOf(':');
        try {
            String host = value.substring(0, colon).replaceAll("^\\[|]$", "");
            return new InetSocketAddress(host, Integer.parseInt(value.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException wrong) {
            throw new IllegalArgumentException("%s: \"%s\" is no host:port".formatted(path, value), wrong);
        }
    }
}
