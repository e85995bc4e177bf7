package io.meshlog.meshapi.store;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** A view of a store on disk. Owns RocksDB's snapshot. */
final class RocksSnapshot implements ReplicaSnapshot {
    private final RocksFolder rocks;
    private final Snapshot snapshot;
    private final StorePosition position;
    private final Runnable onClose;
    private boolean closed;

    /** @param onClose told once; also when this throws */
    RocksSnapshot(RocksFolder rocks, Snapshot snapshot, Runnable onClose) {
        this.rocks = rocks;
        this.snapshot = snapshot;
        this.onClose = onClose;
        try (ReadOptions options = options()) {
            this.position = StoreCodec.decode(rocks.db.get(rocks.position, options, RocksFolder.POSITION));
        } catch (RocksDBException failed) {
            close();
            throw new StoreException("the store in %s cannot be read".formatted(rocks.folder), failed);
        }
    }

    private ReadOptions options() {
        return new ReadOptions().setSnapshot(snapshot);
    }

    @Override
    public StorePosition position() {
        return position;
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
        try (ReadOptions options = options()) {
            byte[] bytes = rocks.db.get(rocks.entries, options, key.toBytes());
            return bytes == null ? null : EntryCodec.decode(key, bytes);
        } catch (RocksDBException failed) {
            throw new StoreException("%s cannot be read".formatted(key), failed);
        }
    }

    @Override
    public Entries.Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        ReadOptions options = options();
        Slice end = upTo == null ? null : new Slice(justAfter(upTo));
        if (end != null) {
            options.setIterateUpperBound(end);
        }
        RocksIterator iterator = rocks.db.newIterator(rocks.entries, options);
        if (after == null) {
            iterator.seekToFirst();
        } else {
            iterator.seek(justAfter(after));
        }
        return new RocksCursor(
                options, end, iterator, at -> EntryCodec.decode(ResourceKey.ofBytes(at.key()), at.value()));
    }

    private static byte[] justAfter(ResourceKey key) {
        return new ResourceKey(key.value() + "\0").toBytes();
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
        if (!closed) {
            closed = true;
            rocks.db.releaseSnapshot(snapshot);
            snapshot.close();
            onClose.run();
        }
    }
}
