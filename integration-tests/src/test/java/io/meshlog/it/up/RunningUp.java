package io.meshlog.it.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.cli.Endpoints;
import io.meshlog.cli.Meshlog;
import io.meshlog.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One {@code up} on a data folder, and the command line beside it. */
public final class RunningUp {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final int PORTS = 9;
    private static final Path HOME =
            Path.of(System.getProperty("meshlog.home")).toAbsolutePath().normalize();
    private static final Path JAR = HOME.resolve("cli/target/meshlog.jar");

    private final Path data;
    private final Process process;

    private RunningUp(Path data, Process process) {
        this.data = data;
        this.process = process;
    }

    /** Whether there is something to run: {@code mvn test} packs no jars. */
    public static boolean isPacked() {
        return Files.exists(JAR) && Files.exists(Path.of(System.getProperty("meshlog.broker.jar")));
    }

    /** Starts it and waits until it is ready. */
    public static RunningUp start(Path data, Path examples, int portBase) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-Dmeshlog.home=" + HOME,
                        "-Dmeshlog.broker.jar=" + System.getProperty("meshlog.broker.jar"),
                        "-Dmeshlog.registry.dir=" + System.getProperty("meshlog.registry.dir"),
                        "-cp",
                        JAR.toString(),
                        "io.meshlog.cli.Meshlog",
                        "up",
                        "--data",
                        data.toString(),
                        "--port-base",
                        Integer.toString(portBase),
                        "--examples",
                        examples.toString())
                .redirectError(data.resolveSibling("up.err").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        RunningUp up = new RunningUp(data, process);
        await().atMost(START_LIMIT).until(() -> up.isReady() || !process.isAlive());
        assertThat(up.isReady())
                .as(Files.readString(data.resolveSibling("up.err")))
                .isTrue();
        return up;
    }

    /** The first of as many free ports in a row as are needed. */
    public static int freePorts() throws IOException {
        int base = ThreadLocalRandom.current().nextInt(20_000, 30_000);
        while (!areFree(base)) {
            base = ThreadLocalRandom.current().nextInt(20_000, 30_000);
        }
        return base;
    }

    private static boolean areFree(int base) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < PORTS; i++) {
                held.add(new ServerSocket(base + i, 1, InetAddress.getLoopbackAddress()));
            }
            return true;
        } catch (BindException taken) {
            return false;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** A killed one's file is still there when the next one starts. */
    private boolean isReady() {
        return Endpoints.read(data)
                .filter(found -> found.pid() == process.pid())
                .isPresent();
    }

    /** Where its parts are. */
    public Endpoints endpoints() {
        return Endpoints.read(data).orElseThrow();
    }

    /** What a client command prints, or its complaint where it fails. */
    public String meshlog(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--data", data.toString()))
                .toArray(String[]::new);
        int exitCode = Meshlog.run(new Terminal(out, err, Map.of(), Path.of(""), false, false), all);
        return exitCode == 0
                ? out.toString(StandardCharsets.UTF_8)
                : "exit %d: %s".formatted(exitCode, err.toString(StandardCharsets.UTF_8));
    }

    /** The process of a part. */
    ProcessHandle part(String name) throws IOException {
        return Files.readAllLines(data.resolve("processes")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[0].equals(name))
                .map(fields -> ProcessHandle.of(Long.parseLong(fields[1])).orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    /** The processes of all parts. */
    List<ProcessHandle> parts() throws IOException {
        return Files.readAllLines(data.resolve("processes")).stream()
                .map(line -> ProcessHandle.of(Long.parseLong(line.split(" ")[1])))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Ends it as Ctrl-C does; answers its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** For the end of a test that may have failed anywhere. */
    public void leaveNothing() throws IOException {
        List<ProcessHandle> left = Files.exists(data.resolve("processes")) ? parts() : List.of();
        process.destroyForcibly();
        left.forEach(ProcessHandle::destroyForcibly);
    }
}
