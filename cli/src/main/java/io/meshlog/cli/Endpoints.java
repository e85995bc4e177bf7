package io.meshlog.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/**
 * What {@code up} leaves in its data folder while it runs, so that the other commands find it: {@code endpoints.json}.
 *
 * @param fleet the fleet's name
 * @param pid the process of {@code up}
 * @param startedAtMs when that process started: a pid alone may by now be another's
 * @param grpc the native API's {@code host:port}
 * @param http the URL of metrics and health
 * @param kafka the broker's {@code host:port}
 * @param schemaRegistry the URL before {@code /subjects}
 * @param etcd the etcd face's {@code host:port}
 */
public record Endpoints(
        String fleet,
        long pid,
        long startedAtMs,
        String grpc,
        String http,
        String kafka,
        String schemaRegistry,
        String etcd) {
    private static final String FILE = "endpoints.json";

    /** Of this process. */
    public static Endpoints here(
            String fleet, String grpc, String http, String kafka, String schemaRegistry, String etcd) {
        ProcessHandle self = ProcessHandle.current();
        return new Endpoints(fleet, self.pid(), startedAt(self), grpc, http, kafka, schemaRegistry, etcd);
    }

    /** The file in a data folder. */
    public static Path in(Path folder) {
        return folder.resolve(FILE);
    }

    /** Reads a folder's file, if there is one. */
    public static Optional<Endpoints> read(Path folder) {
        Path file = in(folder);
        try {
            Endpoints read = new Gson().fromJson(Files.readString(file), Endpoints.class);
            if (read == null || read.grpc == null) {
                throw new JsonParseException("no grpc in it");
            }
            return Optional.of(read);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JsonParseException e) {
            throw new CliException(
                    ExitCode.ERROR, "cannot read %s: %s".formatted(file, e.getMessage()), "Name the server: --server");
        }
    }

    /** Writes the folder's file; a reader sees all of it or none. */
    public void write(Path folder) throws IOException {
        Path whole = folder.resolve(FILE + ".new");
        Files.writeString(whole, new GsonBuilder().setPrettyPrinting().create().toJson(this) + "\n");
        Files.move(whole, in(folder), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the folder's file, if there is one. */
    public static void remove(Path folder) throws IOException {
        Files.deleteIfExists(in(folder));
    }

    /** Whether the process that wrote it still runs. */
    public boolean alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> startedAtMs == 0 || startedAt(process) == startedAtMs)
                .isPresent();
    }

    private static long startedAt(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
