package io.meshlog.cli.backup;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.events.log.KafkaConnection;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Kafka a command goes to. */
final class KafkaOptions {
    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            required = true,
            description = "The brokers, several separated by commas.")
    String servers = "";

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Further settings of Kafka's clients, as a properties file: above all for security.")
    @Nullable
    Path config;

    /** @throws CliException naming the option that is wrong */
    KafkaConnection connection(Terminal terminal) {
        try {
            return new KafkaConnection(servers, properties(terminal));
        } catch (IllegalArgumentException wrong) {
            throw new CliException(ExitCode.USAGE, "--kafka: " + wrong.getMessage());
        }
    }

    private Map<String, String> properties(Terminal terminal) {
        Path path = config;
        if (path == null) {
            return Map.of();
        }
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(terminal.resolve(path))) {
            read.load(reader);
        } catch (IOException unreadable) {
            throw new CliException(ExitCode.USAGE, "--kafka-config: %s cannot be read: %s".formatted(path, unreadable));
        }
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        return properties;
    }
}
