package io.meshlog.cli.serve;

import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every server command takes. */
public final class ServeOptions {
    private static final String LEVEL_VARIABLE = "MESHLOG_LOG_LEVEL";

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration, in YAML.")
    @Nullable
    Path config;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "A setting that goes before file and environment, for example kafka.bootstrapServers=k:9092.")
    Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info (the default), debug or trace. Else $MESHLOG_LOG_LEVEL.")
    @Nullable
    LogLevel logLevel;

    @Option(names = "--with-process", paramLabel = "PID", hidden = true, description = "End when that process does.")
    @Nullable
    Long companion;

    /** How much is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** The configuration file, if one was named, and there. */
    @Nullable
    Path file(Terminal terminal) {
        if (config == null) {
            return null;
        }
        Path file = terminal.resolve(config);
        if (!file.toFile().isFile()) {
            throw new CliException(ExitCode.USAGE, "--config %s: there is no such file".formatted(config));
        }
        return file;
    }

    /**
     * The environment with the overrides in it: each setting of a part has a variable, whose name is the part's prefix
     * and the path in capitals.
     *
     * @param prefix for example {@code MESHLOG_API_}
     */
    Map<String, String> environment(String prefix) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        overrides.forEach((path, value) -> environment.put(variable(prefix, path), value));
        return environment;
    }

    static String variable(String prefix, String path) {
        String words = path.replace('.', '_').replaceAll("([a-z0-9])([A-Z])", "$1_$2");
        return prefix + words.toUpperCase(Locale.ROOT);
    }

    /** Must come before the first class with a logger is touched: the logging system reads its level once. */
    void beginLogging(Terminal terminal) {
        String variable = terminal.environment(LEVEL_VARIABLE);
        String level = logLevel != null ? logLevel.name() : variable.isEmpty() ? LogLevel.INFO.name() : variable;
        System.setProperty("meshlog.log.level", level);
        // Avro loads no class, not even one it generated, unless its package is trusted.
        if (System.getProperty("org.apache.avro.SERIALIZABLE_PACKAGES") == null) {
            System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "io.meshlog.schemas.avro,java.lang,java.math");
        }
    }
}
