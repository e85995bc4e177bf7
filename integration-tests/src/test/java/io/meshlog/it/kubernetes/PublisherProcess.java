package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code meshlog publisher --source kubernetes}, in a process of its own. */
final class PublisherProcess implements AutoCloseable {
    static final String CLUSTER = "cluster1";
    static final int CLUSTER_ID = 11;
    private static final long STOP_LIMIT_SECONDS = 30;

    private final Path output;
    private final Process process;

    private PublisherProcess(Path output, Process process) {
        this.output = output;
        this.process = process;
    }

    /** @param more options */
    static PublisherProcess start(Path output, Path kubeconfig, int gateway, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.meshlog.cli.Meshlog",
                "publisher",
                "--source=kubernetes",
                "--kubeconfig=" + kubeconfig,
                "--cluster=" + CLUSTER,
                "--cluster-id=" + CLUSTER_ID,
                "--server=127.0.0.1:" + gateway,
                "--insecure-dev",
                "--with-process=" + ProcessHandle.current().pid()));
        command.addAll(List.of(more));
        try {
            return new PublisherProcess(
                    output,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether it printed this. */
    boolean said(String text) {
        assertThat(process.isAlive()).as("%s: the publisher runs", output).isTrue();
        try {
            return Files.readString(output).contains(text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends it in good order. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS))
                .as("%s: the publisher ends", output)
                .isTrue();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
