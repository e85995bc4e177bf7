package io.meshlog.meshapi.store;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store on disk. Entries by key; an index from the revision of each entry's last write to its key, and one of the known
 * deletes alone; the position. A batch is one atomic write through the write-ahead log, so a crash loses at most the last
 * batches, and the changelog still has them. Past versions, once they are kept, get a family of their own.
 *
 * <p>Opening reads everything once ({@link StoreScrub}): a store that something else wrote to, or that lost a part, does
 * not open.
 */
public final class RocksReplicaStore implements ReplicaStore {
    private static final Logger LOG = LoggerFactory.getLogger(RocksReplicaStore.class);

    /** How many deletes are forgotten in one write: the rest follows in further ones. */
    private static final int FORGOTTEN_AT_ONCE = 10_000;

    /** Above every key there can be. */
    private static final int LONGEST_KEY_BYTES = 8_192;

    /** How much of what is on disk is read again when it is opened. */
    public enum Scrub {
        /** Every value is hashed again. */
        VALUES,
        /** Stored hashes are believed, and added up. About half the time; what is lost is still found. */
        SUMS
    }

    private final RocksFolder rocks;
    private final WriteOptions writeOptions;
    private final AtomicInteger openSnapshots = new AtomicInteger();
    /** What the writing thread has read since the last batch, which will most likely replace it: read only once. */
    private final Map<ResourceKey, Optional<Entry>> readBefore = new HashMap<>();

    private volatile StoreSums sums;
    private volatile StorePosition position;

    /**
     * Opens the store in a folder, or makes it.
     *
     * @throws StoreInUseException if it is open already
     * @throws StoreException if the folder cannot be used, or what is in it is damaged
     */
    public RocksReplicaStore(Path folder, Scrub scrub) {
        this.rocks = new RocksFolder(folder);
        this.writeOptions = new WriteOptions();
        try {
            this.position = StoreCodec.decode(rocks.db.get(rocks.position, RocksFolder.POSITION));
            this.sums = new StoreScrub(rocks, scrub == Scrub.VALUES).run();
            requireKept();
            if (!position.decides()) {
                forgetBelow(position.horizon());
            }
        } catch (RocksDBException | MalformedRecordException | StoreException failed) {
            rocks.close();
            writeOptions.close();
            throw failed instanceof StoreException known
                    ? known
                    : new StoreException("the store in %s cannot be read".formatted(folder), failed);
        }
    }

    private void requireKept() throws RocksDBException {
        byte[] kept = rocks.db.get(rocks.position, RocksFolder.SUMS);
        if (!Arrays.equals(sums.toBytes(), kept == null ? new StoreSums().toBytes() : kept)) {
            throw new StoreException("the store in %s does not add up to what was written".formatted(rocks.folder));
        }
    }

    /**
     * Opens the store in a folder; one that is damaged is removed, loudly, and a new one made: the changelog has
     * everything.
     *
     * @throws StoreInUseException if it is open already
     * @throws StoreException if the folder cannot be used at all
     */
    public static RocksReplicaStore openOrDiscard(Path folder) {
        try {
            return new RocksReplicaStore(folder, Scrub.VALUES);
        } catch (StoreInUseException used) {
            throw used;
        } catch (StoreException damaged) {
            LOG.error("the store is discarded and will be built anew: {}", damaged.getMessage(), damaged);
            deleteFolder(folder);
            return new RocksReplicaStore(folder, Scrub.VALUES);
        }
    }

    private static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new StoreException("the store in %s cannot be removed".formatted(folder), failed);
        }
    }

    @Override
    public StorePosition position() {
        return position;
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
        Optional<Entry> known = readBefore.get(key);
        if (known == null) {
            known = Optional.ofNullable(read(key));
            readBefore.put(key, known);
        }
        return known.orElse(null);
    }

    private @Nullable Entry read(ResourceKey key) {
        try {
            byte[] bytes = rocks.db.get(rocks.entries, key.toBytes());
            return bytes == null ? null : EntryCodec.decode(key, bytes);
        } catch (RocksDBException failed) {
            throw new StoreException("%s cannot be read".formatted(key), failed);
        }
    }

    @Override
    public void apply(StoreBatch batch) {
        try (WriteBatch write = new WriteBatch()) {
            for (ResourceKey key : batch.forgotten()) {
                forget(write, get(key));
            }
            for (Entry entry : batch.entries()) {
                replace(write, get(entry.key()), entry);
            }
            write.put(rocks.position, RocksFolder.POSITION, StoreCodec.encode(batch.position()));
            commit(write);
            boolean horizonMoved = batch.position().forgetsAfter(position);
            position = batch.position();
            if (horizonMoved) {
                // after the position: nobody resumes below the horizon any more who would miss them
                forgetBelow(position.horizon());
            }
        } catch (RocksDBException failed) {
            throw new StoreException("the store in %s cannot be written".formatted(rocks.folder), failed);
        } finally {
            readBefore.clear();
        }
    }

    private void commit(WriteBatch write) throws RocksDBException {
        write.put(rocks.position, RocksFolder.SUMS, sums.toBytes());
        rocks.db.write(writeOptions, write);
    }

    private void replace(WriteBatch write, @Nullable Entry before, Entry after) throws RocksDBException {
        if (before != null) {
            sums.remove(before);
            deleteIndexed(write, before);
        }
        sums.add(after);
        write.put(rocks.entries, after.key().toBytes(), EntryCodec.encode(after));
        byte[] indexKey = StoreCodec.indexKey(after.modRevision(), after.key());
        if (after.kind() != Kind.SESSION) {
            write.put(rocks.revisions, indexKey, new byte[0]);
        }
        if (after.deleted()) {
            write.put(rocks.deletes, indexKey, new byte[0]);
        }
    }

    private void deleteIndexed(WriteBatch write, Entry entry) throws RocksDBException {
        byte[] indexKey = StoreCodec.indexKey(entry.modRevision(), entry.key());
        if (entry.kind() != Kind.SESSION) {
            write.delete(rocks.revisions, indexKey);
        }
        if (entry.deleted()) {
            write.delete(rocks.deletes, indexKey);
        }
    }

    private void forget(WriteBatch write, @Nullable Entry before) throws RocksDBException {
        if (before != null) {
            sums.remove(before);
            write.delete(rocks.entries, before.key().toBytes());
            deleteIndexed(write, before);
        }
    }

    /** Drops known deletes, some at a time. What a crash leaves is dropped when the store is opened again. */
    private void forgetBelow(long horizon) throws RocksDBException {
        boolean more = true;
        while (more) {
            try (RocksIterator known = rocks.db.newIterator(rocks.deletes);
                    WriteBatch write = new WriteBatch()) {
                int count = 0;
                known.seekToFirst();
                while (count < FORGOTTEN_AT_ONCE
                        && known.isValid()
                        && StoreCodec.indexedRevision(known.key()) < horizon) {
                    forget(write, read(ResourceKey.ofBytes(StoreCodec.indexedKey(known.key()))));
                    write.delete(rocks.deletes, known.key());
                    known.next();
                    count++;
                }
                known.status();
                if (count > 0) {
                    commit(write);
                }
                more = count == FORGOTTEN_AT_ONCE;
            }
        }
    }

    @Override
    public ReplicaSnapshot snapshot() {
        openSnapshots.incrementAndGet();
        return new RocksSnapshot(rocks, Objects.requireNonNull(rocks.db.getSnapshot()), openSnapshots::decrementAndGet);
    }

    @Override
    public Digest digest() {
        return sums.digest();
    }

    @Override
    public Map<String, Map<Kind, Long>> counts() {
        return sums.counts();
    }

    @Override
    public long sizeBytes() {
        try {
            return rocks.db.getLongProperty(rocks.entries, "rocksdb.total-sst-files-size")
                    + rocks.db.getLongProperty(rocks.entries, "rocksdb.cur-size-all-mem-tables");
        } catch (RocksDBException failed) {
            throw new StoreException("the store in %s cannot be measured".formatted(rocks.folder), failed);
        }
    }

    @Override
    public void clear() {
        byte[] first = {};
        byte[] last = new byte[LONGEST_KEY_BYTES];
        Arrays.fill(last, (byte) 0xff);
        try (WriteBatch write = new WriteBatch()) {
            for (ColumnFamilyHandle family : List.of(rocks.entries, rocks.revisions, rocks.deletes, rocks.position)) {
                write.deleteRange(family, first, last);
            }
            rocks.db.write(writeOptions, write);
        } catch (RocksDBException failed) {
            throw new StoreException("the store in %s cannot be cleared".formatted(rocks.folder), failed);
        }
        readBefore.clear();
        sums = new StoreSums();
        position = StorePosition.EMPTY;
    }

    /** Where snapshots are still open the database stays open with them: closing it under a reader ends the process. */
    @Override
    public void close() {
        if (openSnapshots.get() > 0) {
            LOG.warn("the store in {} is left open: {} snapshots still read it", rocks.folder, openSnapshots.get());
            return;
        }
        rocks.close();
        writeOptions.close();
    }
}
