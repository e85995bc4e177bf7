package io.meshlog.cli.up;

import io.meshlog.cli.Endpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder with everything a fleet of {@code up} keeps. Locked while one uses it, so that no two do; the lock goes with
 * the process, however it ends.
 */
final class DataFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the folder, made if it is not there.
     *
     * @throws UpException if another process has it, or it cannot be used
     */
    static DataFolder take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = read(channel).strip();
                channel.close();
                throw new UpException("the folder %s is in use by process %s: stop that one, or use another --data"
                        .formatted(folder, holder.isEmpty() ? "(unknown)" : holder));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            Endpoints.remove(folder);
            return new DataFolder(folder, channel, lock);
        } catch (IOException unusable) {
            throw new UpException("the folder %s cannot be used: %s".formatted(folder, unusable.getMessage()));
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(32);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    Path resolve(String child) {
        return folder.resolve(child);
    }

    /** Says where everything is. */
    void writeEndpoints(Endpoints endpoints) {
        try {
            endpoints.write(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException("%s cannot be written".formatted(Endpoints.in(folder)), failed);
        }
    }

    void removeEndpoints() {
        try {
            Endpoints.remove(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException("%s cannot be removed".formatted(Endpoints.in(folder)), failed);
        }
    }

    @Override
    public void close() {
        removeEndpoints();
        try {
            lock.release();
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException("the lock of %s cannot be released".formatted(folder), failed);
        }
    }
}
