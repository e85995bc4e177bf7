package io.meshlog.projector.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Byte strings under keys, sorted, on disk and only for a while: what does not fit into memory is sorted and told apart
 * here. Empty when it is made, gone when it is closed. Holds about {@value #MEMORY_BYTES} bytes of memory, however much is
 * in it. For one thread.
 */
public final class Scratch implements AutoCloseable {
    /** Two write buffers and the block cache. */
    static final long MEMORY_BYTES = 72L << 20;

    private static final long WRITE_BUFFER_BYTES = 32L << 20;
    private static final long BLOCK_CACHE_BYTES = 8L << 20;
    private static final int BATCH_ENTRIES = 1_000;
    private static final long BATCH_BYTES = 4L << 20;

    private final Path folder;
    private final Deque<AbstractImmutableNativeReference> owned = new ArrayDeque<>();
    private final WriteOptions unlogged;
    private final WriteBatch batch;
    private final RocksDB db;

    /** What is done with each of them. */
    public interface Taker {
        void take(byte[] key, byte[] value) throws InterruptedException, IOException;
    }

    /** @param folder its own: what is in it is deleted */
    public Scratch(Path folder) throws IOException {
        RocksDB.loadLibrary();
        this.folder = folder;
        deleteAll(folder);
        Files.createDirectories(folder);
        Options options = own(new Options())
                .setCreateIfMissing(true)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                // it is filled once and read a few times: to merge when reading costs less than to compact meanwhile
                .setDisableAutoCompactions(true)
                .setLevel0SlowdownWritesTrigger(Integer.MAX_VALUE)
                .setLevel0StopWritesTrigger(Integer.MAX_VALUE)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(own(new LRUCache(BLOCK_CACHE_BYTES))));
        this.unlogged = own(new WriteOptions()).setDisableWAL(true);
        this.batch = own(new WriteBatch());
        try {
            this.db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException failed) {
            release();
            throw new IOException("%s cannot be used: %s".formatted(folder, failed.getMessage()), failed);
        }
    }

    private <T extends AbstractImmutableNativeReference> T own(T reference) {
        owned.push(reference);
        return reference;
    }

    /** Keeps it in place of what was there. */
    public void put(byte[] key, byte[] value) throws IOException {
        write(() -> batch.put(key, value));
    }

    /** Nothing is under the key any more. */
    public void remove(byte[] key) throws IOException {
        write(() -> batch.delete(key));
    }

    private interface Writing {
        void write() throws RocksDBException;
    }

    private void write(Writing writing) throws IOException {
        try {
            writing.write();
            if (batch.count() >= BATCH_ENTRIES || batch.getDataSize() >= BATCH_BYTES) {
                flush();
            }
        } catch (RocksDBException failed) {
            throw new IOException("%s cannot be written: %s".formatted(folder, failed.getMessage()), failed);
        }
    }

    private void flush() throws RocksDBException {
        db.write(unlogged, batch);
        batch.clear();
    }

    /** Gives out all there is in the order of the keys' unsigned bytes. */
    public void each(Taker taker) throws IOException, InterruptedException {
        try (ReadOptions once = new ReadOptions().setFillCache(false)) {
            flush();
            try (RocksIterator iterator = db.newIterator(once)) {
                for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                    taker.take(iterator.key(), iterator.value());
                }
                iterator.status();
            }
        } catch (RocksDBException failed) {
            throw new IOException("%s cannot be read: %s".formatted(folder, failed.getMessage()), failed);
        }
    }

    private void release() {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }

    @Override
    public void close() {
        db.close();
        release();
        try {
            deleteAll(folder);
        } catch (IOException left) {
            throw new UncheckedIOException(folder + " cannot be deleted", left);
        }
    }

    /** Deletes a folder and what is in it, if it is there. */
    static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
