package io.meshlog.it.golang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One Go module of this repository. */
public final class GoModule {
    /** A module's dependencies over a slow line. */
    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(7);

    private final Path go;
    private final Path folder;

    /** What a command printed, on both streams. */
    public record Ran(int exitCode, String text, boolean inTime) {
        /** What it printed; an error with that where it failed. */
        public String orFail() {
            assertThat(exitCode).as(text).isZero();
            return text.strip();
        }
    }

    private GoModule(Path go, Path folder) {
        this.go = go;
        this.folder = folder;
    }

    /** A module under {@code conformance}, with what it needs. The test is skipped where that cannot be had. */
    public static GoModule orSkip(String name) {
        Path folder = Path.of("conformance").resolve(name).toAbsolutePath().normalize();
        List<Path> found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(path -> Path.of(path, "go"))
                .filter(Files::isExecutable)
                .toList();
        assumeThat(found).as("no go is installed, so %s is not tried", folder).isNotEmpty();
        GoModule module = new GoModule(found.getFirst(), folder);
        Ran download = module.run(DOWNLOAD_LIMIT, Map.of(), "mod", "download");
        assumeThat(download.exitCode())
                .as("the modules of %s cannot be had here: %s", folder, download.text())
                .isZero();
        return module;
    }

    public Path folder() {
        return folder;
    }

    /** Runs {@code go} with these arguments, and ends it after so long. */
    public Ran run(Duration limit, Map<String, String> environment, String... arguments) {
        try {
            Path text = Files.createTempFile("go", ".out");
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(go.toString()), Stream.of(arguments))
                            .toList())
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(text.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean inTime = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                process.destroyForcibly().waitFor();
            }
            Ran ran = new Ran(process.exitValue(), Files.readString(text), inTime);
            Files.delete(text);
            return ran;
        } catch (IOException failed) {
            throw new AssertionError("go %s in %s".formatted(List.of(arguments), folder), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
