package io.meshlog.cli.up;

import io.meshlog.cli.up.PartState.Failed;
import io.meshlog.cli.up.PartState.Ready;
import io.meshlog.cli.up.PartState.Restarting;
import io.meshlog.cli.up.PartState.Starting;
import io.meshlog.cli.up.PartState.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A part of {@code up}: a process that is started, watched until it answers, started again when it ends by itself, and
 * stopped with SIGTERM, and with SIGKILL where that does not help within {@link #STOP_PATIENCE}.
 *
 * <p>One thread of its own does all of it. Safe on any thread.
 */
final class Part implements AutoCloseable {
    static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long PROBE_EVERY_MS = 100;
    private static final long LONG_LOG_BYTES = 8 << 20;

    private final PartSpec spec;
    private final PartListener listener;
    private final InstantSource clock;
    private final RestartPolicy restarts = new RestartPolicy();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<PartState> settled = new CompletableFuture<>();
    private final Thread thread;
    private volatile PartState state = new Stopped();
    private volatile @Nullable Process process;

    /** Of this part's own thread. */
    private boolean everReady;

    Part(PartSpec spec, PartListener listener, InstantSource clock) {
        this.spec = spec;
        this.listener = listener;
        this.clock = clock;
        this.thread =
                Thread.ofPlatform().name("part-" + spec.name()).daemon(true).unstarted(this::supervise);
    }

    String name() {
        return spec.name();
    }

    PartState state() {
        return state;
    }

    /** Starts it and comes back at once; the future completes with Ready or Failed. */
    CompletableFuture<PartState> start() {
        thread.start();
        return settled;
    }

    private void supervise() {
        while (!stopped()) {
            try {
                runOnce();
            } catch (IOException failed) {
                become(new Failed("cannot be started: " + failed.getMessage()));
                return;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            if (state instanceof Failed) {
                return;
            }
        }
    }

    private void runOnce() throws IOException, InterruptedException {
        prepareLog();
        ProcessBuilder builder = new ProcessBuilder(spec.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
        builder.environment().putAll(spec.environment());
        Process started = builder.start();
        process = started;
        become(new Starting(started.pid()));
        awaitReady(started, clock.millis());
        int exitCode = started.waitFor();
        if (stopped() || state instanceof Failed) {
            return;
        }
        Duration pause = restarts.afterExit(clock.millis(), everReady);
        if (pause == null) {
            become(new Failed("ended again and again, last with exit code %d; see %s".formatted(exitCode, spec.log())));
            return;
        }
        become(new Restarting(exitCode, pause));
        boolean unused = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A log that has grown past {@link #LONG_LOG_BYTES} becomes the old one, and the old one goes. */
    private void prepareLog() throws IOException {
        Files.createDirectories(spec.log().getParent());
        if (Files.exists(spec.log()) && Files.size(spec.log()) > LONG_LOG_BYTES) {
            Path old = spec.log().resolveSibling(spec.log().getFileName() + ".1");
            Files.move(spec.log(), old, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void awaitReady(Process started, long sinceMs) throws InterruptedException {
        while (started.isAlive() && !stopped()) {
            Duration waited = Duration.ofMillis(clock.millis() - sinceMs);
            if (spec.answers().getAsBoolean()) {
                become(new Ready(started.pid(), waited));
                return;
            }
            if (waited.compareTo(spec.readyWithin()) > 0) {
                become(new Failed("does not answer within %s; see %s".formatted(spec.readyWithin(), spec.log())));
                end(started);
                return;
            }
            boolean unused = stopping.await(PROBE_EVERY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void become(PartState next) {
        state = next;
        everReady |= next instanceof Ready;
        listener.onState(spec.name(), next);
        if (next instanceof Ready || next instanceof Failed) {
            settled.complete(next);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
        }
    }

    /** Stops it; blocks until it is gone. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            Process running = process;
            if (running != null) {
                end(running);
            }
            thread.join(STOP_PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        settled.complete(state);
        become(new Stopped());
    }
}
