package io.meshlog.cli.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The processes of the parts, in the data folder's file {@code processes}: a line {@code NAME PID STARTED_AT_MS} each. An
 * {@code up} that was killed leaves parts that are about to end; the next one on the folder waits for them, since two of
 * a part must not use one folder. Safe on any thread.
 */
final class Processes {
    private static final int FIELDS = 3;

    private final Path file;
    private final Map<String, String> lines = new TreeMap<>();

    Processes(Path file) {
        this.file = file;
    }

    /** Notes that a part runs as this process. */
    synchronized void started(String part, long pid) {
        lines.put(part, "%s %d %d".formatted(part, pid, startedAt(ProcessHandle.of(pid))));
        write();
    }

    /** Forgets them: all have ended in good order. */
    synchronized void clear() {
        lines.clear();
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException("%s cannot be removed".formatted(file), failed);
        }
    }

    /** The part's process id, 0 where it has none. */
    synchronized long pidOf(String part) {
        String line = lines.get(part);
        return line == null ? 0 : Long.parseLong(line.split(" ")[1]);
    }

    /** The parts of an earlier {@code up} that still run. A pid alone may by now be another's. */
    List<ProcessHandle> leftBehind() {
        List<ProcessHandle> left = new ArrayList<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] fields = line.split(" ");
                if (fields.length == FIELDS) {
                    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(fields[1]));
                    process.filter(found -> startedAt(process) == Long.parseLong(fields[2]))
                            .ifPresent(left::add);
                }
            }
        } catch (IOException | NumberFormatException unreadable) {
            // Written whole or not at all; one that somebody edited is none.
            return List.of();
        }
        return left;
    }

    /** Waits for them, and kills what has not ended by itself after the patience. */
    static void awaitEnd(List<ProcessHandle> left, Duration patience) {
        for (ProcessHandle process : left) {
            try {
                process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                process.destroyForcibly();
                process.onExit().join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException never) {
                throw new IllegalStateException(never);
            }
        }
    }

    private void write() {
        try {
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.write(whole, lines.values());
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException("%s cannot be written".formatted(file), failed);
        }
    }

    private static long startedAt(Optional<ProcessHandle> process) {
        return process.flatMap(handle -> handle.info().startInstant())
                .map(Instant::toEpochMilli)
                .orElse(0L);
    }
}
