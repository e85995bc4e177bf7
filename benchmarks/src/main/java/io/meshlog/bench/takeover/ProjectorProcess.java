package io.meshlog.bench.takeover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One projector in a process of its own, killed, paused and started again. For one thread. */
final class ProjectorProcess implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofMillis(500);

    private final Path folder;
    private final Map<String, String> settings;
    private final boolean pinned;
    private final HttpClient http = HttpClient.newHttpClient();
    private int port;
    private Process process;

    ProjectorProcess(Path folder, Map<String, String> settings, boolean pinned) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.pinned = pinned;
        this.process = launch();
    }

    private Process launch() throws IOException {
        // a new one each time: while nobody listens on it, a port may become some connection's
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dpinned=" + pinned,
                "-cp",
                System.getProperty("java.class.path"),
                MeasuredProjector.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolveSibling(folder.getFileName() + ".log").toFile()));
        builder.environment().putAll(settings);
        builder.environment().put("MESHLOG_PROJECTOR_DATA_DIR", folder.toString());
        builder.environment().put("MESHLOG_PROJECTOR_HTTP_BIND", "127.0.0.1:" + port);
        return builder.start();
    }

    boolean active() {
        return metric("meshlog_projector_active") == 1;
    }

    boolean ready() {
        return metric("meshlog_projector_ready") == 1;
    }

    private long metric(String name) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(ANSWER)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException away) {
            return -1;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void restart() {
        try {
            process = launch();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** @param name STOP or CONT */
    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -%s ended with %d".formatted(name, code));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        http.close();
    }
}
