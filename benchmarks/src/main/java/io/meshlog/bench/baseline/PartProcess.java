package io.meshlog.bench.baseline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One part of a fleet as a process, and what it costs. For one thread. */
final class PartProcess implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(20).toNanos();
    private static final long STOP_SECONDS = 30;
    private static final double NANOS = 1e9;

    private final String name;
    private final Process process;
    private final Path log;
    private final HttpClient http = HttpClient.newHttpClient();
    private final long beganNanos = System.nanoTime();

    /**
     * @param program what follows {@code java} and its heap
     * @param log what it says, both streams
     */
    PartProcess(String name, int heapMb, List<String> program, Map<String, String> environment, Path log) {
        this.name = name;
        this.log = log;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMb + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
        builder.environment().putAll(environment);
        try {
            this.process = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A port that is free now. */
    static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String name() {
        return name;
    }

    /** Waits until it is so; returns the seconds since the process was started. */
    double await(String what, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() - beganNanos > PATIENCE_NANOS) {
                throw new IllegalStateException("%s: no %s; see %s".formatted(name, what, log));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return (System.nanoTime() - beganNanos) / NANOS;
    }

    /** The first line it says that begins so, without that; blank where there is none yet. */
    String said(String beginning) {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith(beginning))
                    .map(line -> line.substring(beginning.length()))
                    .findFirst()
                    .orElse("");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Whether a GET is answered with 200. */
    boolean isOk(int port, String path) {
        return !get(port, path).isEmpty();
    }

    /** The value of a metric without labels; -1 where there is none. */
    double metric(int port, String metric) {
        return get(port, "/metrics")
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElse(-1);
    }

    private String get(int port, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(ANSWER)
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? response.body() + " " : "";
        } catch (IOException away) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Of all its threads since its start. */
    double cpuSeconds() {
        return process.toHandle()
                        .info()
                        .totalCpuDuration()
                        .orElse(Duration.ZERO)
                        .toMillis()
                / 1e3;
    }

    long residentMib() {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException gone) {
            return 0;
        }
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
