package io.meshlog.cli.up;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What a part of {@code up} is.
 *
 * @param name one word, for people and for the log file
 * @param command with all arguments
 * @param environment on top of this process's own
 * @param answers whether the part does its work; may block for a second
 * @param readyWithin how long it may take to answer before the start counts as failed
 * @param log where its output goes, at the end
 */
record PartSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        BooleanSupplier answers,
        Duration readyWithin,
        Path log) {
    PartSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
