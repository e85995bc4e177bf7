package io.meshlog.meshapi.store;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store on disk. Entries by key; an index from the revision of each entry's last write to its key, and one of the known
 * deletes alone; the position. A batch is one atomic write through the write-ahead log, so a crash loses at most the last
 * batches, and the changelog still has them.
 *
 * <p>Opening reads everything once and checks each value against its hash: a store that something else wrote to, or that
 * lost a part, does not open ({@link StoreException}).
 */
public final class RocksReplicaStore implements ReplicaStore {
    private static final Logger LOG = LoggerFactory.getLogger(RocksReplicaStore.class);

    static {
        RocksDB.loadLibrary();
    }

    private static final byte[] POSITION = {0};
    private static final byte[] SUMS = {1};

    /** Above every key there can be. */
    private static final int LONGEST_KEY_BYTES = 8_192;

    private final Path folder;

    static {
        // before the first of its objects is made, which is a field's below
        RocksDB.loadLibrary();
    }

    private final WriteOptions writeOptions = new WriteOptions();
    private final RocksFolder rocks;
    private final AtomicInteger openSnapshots = new AtomicInteger();
    private Tally tally = new Tally();
    private volatile StorePosition position;
    private volatile Map<String, Map<Kind, Long>> counts;

    /**
     * Opens the store in a folder, or makes it.
     *
     * @throws StoreException if the folder cannot be used, or what is in it is damaged
     */
    public RocksReplicaStore(Path folder) {
        this.folder = folder;
        this.rocks = new RocksFolder(folder);
        try {
            this.position = StoreCodec.decode(rocks.db.get(rocks.position, POSITION));
            scrub();
        } catch (RocksDBException | RuntimeException failed) {
            rocks.close();
            throw failed instanceof StoreException known
                    ? known
                    : new StoreException("the store in %s cannot be read".formatted(folder), failed);
        }
        this.counts = tally.counts();
    }

    /**
     * Opens the store in a folder; one that is damaged is removed, loudly, and a new one made: the changelog has
     * everything.
     *
     * @throws StoreException if the folder cannot be used at all
     */
    public static RocksReplicaStore openOrDiscard(Path folder) {
        try {
            return new RocksReplicaStore(folder);
        } catch (StoreException damaged) {
            LOG.error("the store is discarded and will be built anew: {}", damaged.getMessage(), damaged);
            deleteFolder(folder);
            return new RocksReplicaStore(folder);
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

    private void scrub() {
        long indexed = 0;
        try (RocksIterator all = rocks.db.newIterator(rocks.revisions)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                indexed++;
            }
        }
        try (Entries.Cursor all = cursor(new ReadOptions(), null, null)) {
            while (all.hasNext()) {
                Entry entry = all.next();
                requireIntact(entry);
                tally.add(entry);
                indexed -= entry.kind() == Kind.SESSION ? 0 : 1;
            }
        }
        if (indexed != 0) {
            throw new StoreException(
                    "the store in %s has %d more revisions in its index than resources".formatted(folder, indexed));
        }
        byte[] sums = tallied(tally);
        byte[] kept = kept();
        if (!Arrays.equals(sums, kept) && position.revision() > 0) {
            throw new StoreException("the store in %s does not add up to what was written".formatted(folder));
        }
    }

    private byte @Nullable [] kept() {
        try {
            return rocks.db.get(rocks.position, SUMS);
        } catch (RocksDBException failed) {
            throw new StoreException("the store in %s cannot be read".formatted(folder), failed);
        }
    }

    private void requireIntact(Entry entry) {
        Hash128 expected = entry.value() == null || entry.kind() == Kind.SESSION
                ? Hash128.ZERO
                : Hash128.of(
                        entry.key(), entry.modRevision(), entry.value().bytes().shared());
        if (!expected.equals(entry.hash())) {
            throw new StoreException(
                    "the store in %s holds a value of %s that nobody decided".formatted(folder, entry.key()));
        }
    }

    /** The sums in few bytes, to be kept beside what they are of. */
    private static byte[] tallied(Tally tally) {
        Hash128 sum = Hash128.ZERO;
        for (Digest.ClusterDigest cluster : tally.digest().clusters()) {
            sum = sum.plus(Hash128.of(
                    new ResourceKey(cluster.cluster()),
                    cluster.count(),
                    cluster.sum().toBytes()));
        }
        return sum.toBytes();
    }

    @Override
    public StorePosition position() {
        return position;
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
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
                Entry before = get(key);
                if (before != null) {
                    tally.remove(before);
                    forget(write, before.modRevision(), key);
                }
            }
            for (Entry entry : batch.entries()) {
                replace(write, get(entry.key()), entry);
            }
            if (batch.position().horizon() > position.horizon()) {
                forgetBelow(write, batch);
            }
            write.put(rocks.position, POSITION, StoreCodec.encode(batch.position()));
            write.put(rocks.position, SUMS, tallied(tally));
            rocks.db.write(writeOptions, write);
        } catch (RocksDBException failed) {
            throw new StoreException("the store in %s cannot be written".formatted(folder), failed);
        }
        position = batch.position();
        counts = tally.counts();
    }

    private void replace(WriteBatch write, @Nullable Entry before, Entry after) throws RocksDBException {
        if (before != null) {
            tally.remove(before);
            if (before.kind() != Kind.SESSION) {
                write.delete(rocks.revisions, StoreCodec.indexKey(before.modRevision(), before.key()));
            }
            if (before.deleted()) {
                write.delete(rocks.deletes, StoreCodec.indexKey(before.modRevision(), before.key()));
            }
        }
        tally.add(after);
        write.put(rocks.entries, after.key().toBytes(), EntryCodec.encode(after));
        byte[] indexKey = StoreCodec.indexKey(after.modRevision(), after.key());
        if (after.kind() != Kind.SESSION) {
            write.put(rocks.revisions, indexKey, new byte[0]);
        }
        if (after.deleted()) {
            write.put(rocks.deletes, indexKey, new byte[0]);
        }
    }

    private void forget(WriteBatch write, long revision, ResourceKey key) throws RocksDBException {
        byte[] indexKey = StoreCodec.indexKey(revision, key);
        write.delete(rocks.entries, key.toBytes());
        write.delete(rocks.revisions, indexKey);
        write.delete(rocks.deletes, indexKey);
    }

    private void forgetBelow(WriteBatch write, StoreBatch batch) throws RocksDBException {
        long horizon = batch.position().horizon();
        Set<ResourceKey> written = new HashSet<>();
        for (Entry entry : batch.entries()) {
            written.add(entry.key());
            if (entry.deleted() && entry.modRevision() < horizon) {
                forget(write, entry.modRevision(), entry.key());
            }
        }
        try (RocksIterator known = rocks.db.newIterator(rocks.deletes)) {
            for (known.seekToFirst();
                    known.isValid() && StoreCodec.indexedRevision(known.key()) < horizon;
                    known.next()) {
                ResourceKey key = ResourceKey.ofBytes(StoreCodec.indexedKey(known.key()));
                if (!written.contains(key)) {
                    forget(write, StoreCodec.indexedRevision(known.key()), key);
                }
            }
        }
    }

    @Override
    public ReplicaSnapshot snapshot() {
        return new RocksSnapshot();
    }

    @Override
    public Digest digest() {
        return tally.digest();
    }

    @Override
    public Map<String, Map<Kind, Long>> counts() {
        return counts;
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
            throw new StoreException("the store in %s cannot be cleared".formatted(folder), failed);
        }
        tally = new Tally();
        position = StorePosition.EMPTY;
        counts = tally.counts();
    }

    /** Where snapshots are still open the database stays open with them: closing it under a reader ends the process. */
    @Override
    public void close() {
        if (openSnapshots.get() > 0) {
            LOG.warn("the store in {} is left open: {} snapshots still read it", folder, openSnapshots.get());
            return;
        }
        rocks.close();
        writeOptions.close();
    }

    private static byte[] after(ResourceKey key) {
        return new ResourceKey(key.value() + "\0").toBytes();
    }

    private Entries.Cursor cursor(ReadOptions options, @Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        Slice end = upTo == null ? null : new Slice(after(upTo));
        if (end != null) {
            options.setIterateUpperBound(end);
        }
        RocksIterator iterator = rocks.db.newIterator(rocks.entries, options);
        if (after == null) {
            iterator.seekToFirst();
        } else {
            iterator.seek(after(after));
        }
        return new RocksCursor(
                options, end, iterator, at -> EntryCodec.decode(ResourceKey.ofBytes(at.key()), at.value()));
    }

    private final class RocksSnapshot implements ReplicaSnapshot {
        private final Snapshot snapshot;
        private final StorePosition at;

        RocksSnapshot() {
            openSnapshots.incrementAndGet();
            this.snapshot = Objects.requireNonNull(rocks.db.getSnapshot());
            try (ReadOptions options = options()) {
                this.at = StoreCodec.decode(rocks.db.get(rocks.position, options, POSITION));
            } catch (RocksDBException failed) {
                throw new StoreException("the store in %s cannot be read".formatted(folder), failed);
            }
        }

        private ReadOptions options() {
            return new ReadOptions().setSnapshot(snapshot);
        }

        @Override
        public StorePosition position() {
            return at;
        }

        @Override
        public @Nullable Entry get(ResourceKey key) {
            return read(rocks.entries, key);
        }

        private @Nullable Entry read(ColumnFamilyHandle family, ResourceKey key) {
            try (ReadOptions options = options()) {
                byte[] bytes = rocks.db.get(family, options, key.toBytes());
                return bytes == null ? null : EntryCodec.decode(key, bytes);
            } catch (RocksDBException failed) {
                throw new StoreException("%s cannot be read".formatted(key), failed);
            }
        }

        @Override
        public Entries.Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
            return cursor(options(), after, upTo);
        }

        @Override
        public Entries.Cursor changedAfter(long revision) {
            ReadOptions options = options();
            RocksIterator iterator = rocks.db.newIterator(rocks.revisions, options);
            iterator.seek(StoreCodec.indexStart(revision + 1));
            return new RocksCursor(
                    options, null, iterator, at -> get(ResourceKey.ofBytes(StoreCodec.indexedKey(at.key()))));
        }

        @Override
        public void close() {
            rocks.db.releaseSnapshot(snapshot);
            snapshot.close();
            openSnapshots.decrementAndGet();
        }
    }
}
