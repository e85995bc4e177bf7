package io.meshlog.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/** One node that can be started and stopped, more than once. For one thread at a time. */
final class BrokerNode {
    /** The same for every embedded cluster: what keeps clusters apart is their ports and folders. */
    private static final String CLUSTER_ID = "bWVzaGxvZy1lbWJlZGRlZA";

    private final NodeSettings settings;
    private final Map<String, String> properties;
    private @Nullable KafkaRaftServer server;

    BrokerNode(NodeSettings settings, Map<String, String> overrides) {
        this.settings = settings;
        this.properties = settings.properties(overrides);
    }

    String bootstrapServer() {
        return settings.bootstrapServer();
    }

    int id() {
        return settings.nodeId();
    }

    void start() {
        if (server != null) {
            throw new IllegalStateException("node %d runs already".formatted(settings.nodeId()));
        }
        format();
        KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(toProperties(properties)), Time.SYSTEM);
        try {
            starting.startup();
        } catch (Throwable failed) {
            abandon(starting, failed);
            throw failed;
        }
        server = starting;
    }

    /** What a start leaves behind when it fails half way, its threads and its port among it, must not stay. */
    private static void abandon(KafkaRaftServer half, Throwable failed) {
        try {
            half.shutdown();
        } catch (RuntimeException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    private static Properties toProperties(Map<String, String> map) {
        Properties all = new Properties();
        all.putAll(map);
        return all;
    }

    private void format() {
        Path folder = Path.of(Objects.requireNonNull(properties.get("log.dirs")));
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        try {
            Files.createDirectories(folder);
            new Formatter()
                    .setNodeId(settings.nodeId())
                    .setClusterId(CLUSTER_ID)
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setIgnoreFormatted(true)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (IOException failed) {
            throw new UncheckedIOException("the folder %s cannot be made ready for a broker".formatted(folder), failed);
        } catch (Exception failed) {
            throw new IllegalStateException(
                    "the folder %s cannot be made ready for a broker".formatted(folder), failed);
        }
    }

    void stop() {
        KafkaRaftServer stopping = server;
        server = null;
        if (stopping != null) {
            stopping.shutdown();
            stopping.awaitShutdown();
        }
    }
}
