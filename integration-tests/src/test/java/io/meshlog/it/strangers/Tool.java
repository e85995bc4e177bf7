package io.meshlog.it.strangers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Somebody else's program, found on the path or made on the way. */
final class Tool {
    /** What a program says is a failure past this time; long enough to download and compile one. */
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final Path program;

    private Tool(Path program) {
        this.program = program;
    }

    /** Skips the test, in words, where there is no such program. */
    static Tool onPath(String name) {
        List<Path> found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .toList();
        assumeThat(found).as("no %s is installed, so it is not tried", name).isNotEmpty();
        return new Tool(found.getFirst());
    }

    static Tool at(Path program) {
        return new Tool(program);
    }

    /** What it prints; an error if it fails. */
    String run(List<String> arguments) {
        Output output = tryToRun(arguments, Map.of());
        assertThat(output.exitCode())
                .as("%s %s: %s", program, arguments, output.errors())
                .isZero();
        return output.text();
    }

    /** Skips the test, in words, where it fails: for what needs the network. */
    void runOrSkip(String what, List<String> arguments, Map<String, String> environment) {
        Output output = tryToRun(arguments, environment);
        assumeThat(output.exitCode())
                .as("%s cannot be had here: %s", what, output.errors())
                .isZero();
    }

    private Output tryToRun(List<String> arguments, Map<String, String> environment) {
        try {
            Path errors = Files.createTempFile("tool", ".err");
            Path text = Files.createTempFile("tool", ".out");
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), arguments.stream())
                            .toList())
                    .redirectOutput(text.toFile())
                    .redirectError(errors.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Output output = new Output(
                    process.exitValue(),
                    new String(Files.readAllBytes(text), StandardCharsets.ISO_8859_1),
                    Files.readString(errors));
            Files.delete(errors);
            Files.delete(text);
            return output;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private record Output(int exitCode, String text, String errors) {}
}
