package io.meshlog.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The command as a test types it. */
final class Cli {
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private OutputStream outStream = out;
    private Path workingDirectory = Path.of("target");
    private boolean terminal;
    private Terminal running;

    record Ended(int exitCode, String out, String err) {}

    static Cli withServer(FakeMesh server) {
        return new Cli().environment("MESHLOG_SERVER", server.address());
    }

    Cli environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Cli in(Path directory) {
        workingDirectory = directory;
        return this;
    }

    Cli onTerminal() {
        terminal = true;
        return this;
    }

    Cli writingTo(OutputStream stream) {
        outStream = stream;
        return this;
    }

    Ended run(String... arguments) {
        Terminal fresh = terminal();
        return new Ended(Meshlog.run(fresh, arguments), out(), err());
    }

    /** Runs until {@link #stop}. */
    CompletableFuture<Ended> start(String... arguments) {
        Terminal fresh = terminal();
        return CompletableFuture.supplyAsync(() -> new Ended(Meshlog.run(fresh, arguments), out(), err()));
    }

    void stop() {
        running.stopSignal().stop();
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Terminal terminal() {
        out.reset();
        err.reset();
        running = new Terminal(outStream, err, environment, workingDirectory, terminal, terminal);
        return running;
    }
}
