package io.meshlog.it.etcd;

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

/** The tests of one Go module of this repository. Without Go, or without its modules, they are skipped in words. */
final class GoTests {
    private static final long LIMIT_SECONDS = 420;
    /** The first time all of a large program's packages are compiled. */
    private static final long BUILD_LIMIT_SECONDS = 900;

    private final Path go;
    private final Path module;

    GoTests(String module) {
        this.module = Path.of("conformance").resolve(module).toAbsolutePath().normalize();
        List<Path> found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "go"))
                .filter(Files::isExecutable)
                .toList();
        assumeThat(found)
                .as("no go is installed, so %s is not tried", this.module)
                .isNotEmpty();
        this.go = found.getFirst();
        Ran download = run(List.of("mod", "download"), Map.of(), LIMIT_SECONDS);
        assumeThat(download.exitCode())
                .as("the modules of %s cannot be had here: %s", this.module, download.text())
                .isZero();
        Ran build = run(List.of("test", "-run", "^$", "./..."), Map.of(), BUILD_LIMIT_SECONDS);
        assumeThat(build.inTime())
                .as("%s cannot be built here within %d s", this.module, BUILD_LIMIT_SECONDS)
                .isTrue();
        assertThat(build.exitCode()).as(build.text()).isZero();
    }

    /** Runs them; an error with all they said if one fails. */
    void pass(String pattern, Map<String, String> environment) {
        pass(pattern, environment, Duration.ZERO);
    }

    /**
     * The same, and what they said.
     *
     * @param longer how much more time than others they take
     */
    String pass(String pattern, Map<String, String> environment, Duration longer) {
        long limitSeconds = LIMIT_SECONDS + longer.toSeconds();
        Ran tests = run(
                List.of("test", "-v", "-count=1", "-timeout=" + limitSeconds + "s", "-run", pattern, "./..."),
                environment,
                limitSeconds);
        assertThat(tests.exitCode()).as(tests.text()).isZero();
        assertThat(tests.text()).as("tests were run").contains("--- PASS").doesNotContain("--- SKIP");
        return tests.text();
    }

    /** Builds a program of the module into a file. */
    void build(String program, Path file) {
        Ran build = run(List.of("build", "-o", file.toString(), program), Map.of(), BUILD_LIMIT_SECONDS);
        assertThat(build.exitCode()).as(build.text()).isZero();
    }

    private record Ran(int exitCode, String text, boolean inTime) {}

    private Ran run(List<String> arguments, Map<String, String> environment, long limitSeconds) {
        try {
            Path text = Files.createTempFile("go", ".out");
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(go.toString()), arguments.stream())
                            .toList())
                    .directory(module.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(text.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean inTime = process.waitFor(limitSeconds, TimeUnit.SECONDS);
            if (!inTime) {
                process.destroyForcibly().waitFor();
            }
            Ran ran = new Ran(process.exitValue(), Files.readString(text), inTime);
            Files.delete(text);
            return ran;
        } catch (IOException failed) {
            throw new AssertionError("go %s in %s".formatted(arguments, module), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
