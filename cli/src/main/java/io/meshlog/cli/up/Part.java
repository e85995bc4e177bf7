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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A part of {@code up}: a process that is started, watched until it answers, started again when it ends by itself, and
 * stopped with SIGTERM, and with SIGKILL where that does not help within {@link #STOP_PATIENCE}.
 *
 * <p>One thread of its own does all of it, so that no process can be started behind the back of a stop: it starts, it ends
 * and it tells the listener. {@link #close} only asks, and waits. A probe or a listener that throws fails the part.
 *
 * <p>Safe on any thread.
 */
final class Part implements AutoCloseable {
    static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);
    private static final long PROBE_EVERY_MS = 100;
    private static final long LONG_LOG_BYTES = 8 << 20;

    private final PartSpec spec;
    private final PartListener listener;
    private final InstantSource clock;
    private final Duration stopPatience;
    private final RestartPolicy restarts = new RestartPolicy();
    private final CompletableFuture<Void> stopAsked = new CompletableFuture<>();
    private final CompletableFuture<PartState> settled = new CompletableFuture<>();
    private final Thread thread;
    private volatile PartState state = new Stopped();

    /** Of this part's own thread. */
    private boolean everReady;

    Part(PartSpec spec, PartListener listener, InstantSource clock) {
        this(spec, listener, clock, STOP_PATIENCE);
    }

    Part(PartSpec spec, PartListener listener, InstantSource clock, Duration stopPatience) {
        this.spec = spec;
        this.listener = listener;
        this.clock = clock;
        this.stopPatience = stopPatience;
        this.thread =
                Thread.ofPlatform().name("part-" + spec.name()).daemon(true).unstarted(this::supervise);
    }

    String name() {
        return spec.name();
    }

    PartState state() {
        return state;
    }

    /**
     * Starts it and comes back at once; the future completes with Ready or Failed, or with Stopped if it is closed before.
     *
     * @throws IllegalThreadStateException if it was started before
     */
    CompletableFuture<PartState> start() {
        thread.start();
        return settled;
    }

    private void supervise() {
        try {
            superviseUntilStopped();
            tell(new Stopped());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            settled.complete(new Stopped());
        }
    }

    private void superviseUntilStopped() throws InterruptedException {
        while (!stopAsked.isDone()) {
            String fault = runOnce();
            if (fault != null) {
                tell(new Failed(fault));
                awaitStop();
            }
        }
    }

    /** Runs the process to its end and through the pause after it; answers why it is given up, null where it is not. */
    private @Nullable String runOnce() throws InterruptedException {
        Process process;
        try {
            process = launch();
        } catch (IOException failed) {
            return "cannot be started: " + failed.getMessage();
        }
        try {
            return watch(process);
        } catch (RuntimeException thrown) {
            return "cannot be watched: " + thrown;
        } finally {
            end(process);
        }
    }

    private Process launch() throws IOException {
        prepareLog();
        ProcessBuilder builder = new ProcessBuilder(spec.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
        builder.environment().putAll(spec.environment());
        return builder.start();
    }

    /** A log that has grown past {@link #LONG_LOG_BYTES} becomes the old one, and the old one goes. */
    private void prepareLog() throws IOException {
        Files.createDirectories(spec.log().getParent());
        if (Files.exists(spec.log()) && Files.size(spec.log()) > LONG_LOG_BYTES) {
            Path old = spec.log().resolveSibling(spec.log().getFileName() + ".1");
            Files.move(spec.log(), old, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private @Nullable String watch(Process process) throws InterruptedException {
        long startedMs = clock.millis();
        become(new Starting(process.pid()));
        while (process.isAlive() && !stopAsked.isDone()) {
            Duration waited = Duration.ofMillis(clock.millis() - startedMs);
            if (spec.answers().getAsBoolean()) {
                become(new Ready(process.pid(), waited));
                awaitExitOrStop(process);
            } else if (waited.compareTo(spec.readyWithin()) > 0) {
                return "does not answer within %s; see %s".formatted(spec.readyWithin(), spec.log());
            } else {
                boolean unused = awaitStop(Duration.ofMillis(PROBE_EVERY_MS));
            }
        }
        return stopAsked.isDone() ? null : afterExit(process.exitValue());
    }

    private @Nullable String afterExit(int exitCode) throws InterruptedException {
        Duration pause = restarts.afterExit(clock.millis(), everReady);
        if (pause == null) {
            return "ended again and again, last with exit code %d; see %s".formatted(exitCode, spec.log());
        }
        become(new Restarting(exitCode, pause));
        boolean unused = awaitStop(pause);
        return null;
    }

    private void become(PartState next) {
        state = next;
        everReady |= next instanceof Ready;
        listener.onState(spec.name(), next);
        if (next instanceof Ready || next instanceof Failed) {
            settled.complete(next);
        }
    }

    /** As {@link #become}, where there is nobody left to tell of a listener that throws. */
    private void tell(PartState last) {
        try {
            become(last);
        } catch (RuntimeException thrown) {
            settled.complete(last);
        }
    }

    /** Ends what still runs, and what it started itself: a process that outlives its part would keep ports and files. */
    private void end(Process process) throws InterruptedException {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> started = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(stopPatience.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            boolean unused = process.waitFor(KILL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private void awaitExitOrStop(Process process) throws InterruptedException {
        await(CompletableFuture.anyOf(process.onExit(), stopAsked));
    }

    private void awaitStop() throws InterruptedException {
        await(stopAsked);
    }

    private static void await(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private boolean awaitStop(Duration limit) throws InterruptedException {
        try {
            stopAsked.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException goOn) {
            return false;
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    /**
     * Stops it; blocks until it is gone, at most for {@link #STOP_PATIENCE}, what SIGKILL takes, and the probe that is on
     * its way. From the listener it only asks. Does nothing the second time.
     */
    @Override
    public void close() {
        stopAsked.complete(null);
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            boolean unused = thread.join(stopPatience.plus(KILL_PATIENCE).plus(KILL_PATIENCE));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IllegalThreadStateException neverStarted) {
            settled.complete(state);
        }
    }
}
