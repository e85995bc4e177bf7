package io.meshlog.cli.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
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
public final class Processes {
    /** Within a data folder. */
    static final String FILE = "processes";

    private static final int FIELDS = 3;

    private final Path file;
    private final Map<String, String> lines = new TreeMap<>();

    Processes(Path file) {
        this.file = file;
    }

    /** The parts of an {@code up} on the folder that run now, by name. */
    public static Map<String, ProcessHandle> running(Path folder) {
        return alive(folder.resolve(FILE));
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

    /** The parts of an earlier {@code up} that still run. */
    List<ProcessHandle> leftBehind() {
        return List.copyOf(alive(file).values());
    }

    /** A pid alone may by now be another's. */
    private static Map<String, ProcessHandle> alive(Path file) {
        Map<String, ProcessHandle> alive = new TreeMap<>();
        try {
            for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
                String[] fields = line.split(" ");
                if (fields.length == FIELDS) {
                    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(fields[1]));
                    process.filter(found -> startedAt(process) == Long.parseLong(fields[2]))
                            .ifPresent(found -> alive.put(fields[0], found));
                }
            }
        } catch (IOException | NumberFormatException unreadable) {
            // Written whole or not at all; one that somebody edited is none.
            return Map.of();
        }
        return alive;
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
