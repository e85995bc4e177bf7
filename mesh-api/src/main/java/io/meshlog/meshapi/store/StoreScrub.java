package io.meshlog.meshapi.store;

import io.meshlog.events.codec.EntryCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Reads a whole store and adds it up again from its bytes: every value against its hash, every entry against the indexes.
 * What something else wrote, and what is lost, is found here, before anything is served.
 *
 * <p>The hashing is shared by the common pool's threads, {@value #CHUNKS} chunks of {@value #CHUNK_ENTRIES} entries at a
 * time; no more is in memory.
 */
final class StoreScrub {
    private static final int CHUNK_ENTRIES = 512;
    private static final int CHUNKS = 32;

    private record Raw(ResourceKey key, Bytes value) {}

    private final RocksFolder rocks;
    private final boolean values;
    private final StoreSums sums = new StoreSums();
    private long revisions;
    private long deletes;

    /** @param values whether values are hashed again; else their stored hashes are believed */
    StoreScrub(RocksFolder rocks, boolean values) {
        this.rocks = rocks;
        this.values = values;
    }

    /**
     * What the store adds up to.
     *
     * @throws StoreException if values are not what their hashes say, or the indexes not what the entries say
     */
    StoreSums run() throws RocksDBException {
        List<List<Raw>> chunks = new ArrayList<>(CHUNKS);
        List<Raw> chunk = new ArrayList<>(CHUNK_ENTRIES);
        try (RocksIterator all = rocks.db.newIterator(rocks.entries)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                chunk.add(new Raw(ResourceKey.ofBytes(all.key()), Bytes.owned(all.value())));
                if (chunk.size() == CHUNK_ENTRIES) {
                    chunks.add(chunk);
                    chunk = new ArrayList<>(CHUNK_ENTRIES);
                }
                if (chunks.size() == CHUNKS) {
                    addUp(chunks);
                    chunks.clear();
                }
            }
            all.status();
        }
        chunks.add(chunk);
        addUp(chunks);
        requireIndex("revisions", rocks.revisions, revisions);
        requireIndex("deletes", rocks.deletes, deletes);
        return sums;
    }

    private void addUp(List<List<Raw>> chunks) {
        List<List<Entry>> checked = chunks.parallelStream().map(this::intact).toList();
        for (List<Entry> entries : checked) {
            for (Entry entry : entries) {
                sums.add(entry);
                long mark = mark(StoreCodec.indexKey(entry.modRevision(), entry.key()));
                revisions += entry.kind() == Kind.SESSION ? 0 : mark;
                deletes += entry.deleted() ? mark : 0;
            }
        }
    }

    private List<Entry> intact(List<Raw> chunk) {
        List<Entry> entries = new ArrayList<>(chunk.size());
        for (Raw raw : chunk) {
            Entry entry = EntryCodec.decode(raw.key(), raw.value().shared());
            if (values) {
                requireIntact(entry);
            }
            entries.add(entry);
        }
        return entries;
    }

    private void requireIntact(Entry entry) {
        Hash128 expected = entry.value() == null || entry.kind() == Kind.SESSION
                ? Hash128.ZERO
                : Hash128.of(
                        entry.key(), entry.modRevision(), entry.value().bytes().shared());
        if (!expected.equals(entry.hash())) {
            throw new StoreException(
                    "the store in %s holds a value of %s that nobody decided".formatted(rocks.folder, entry.key()));
        }
    }

    private void requireIndex(String name, ColumnFamilyHandle family, long expected) throws RocksDBException {
        long found = 0;
        try (RocksIterator all = rocks.db.newIterator(family)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                found += mark(all.key());
            }
            all.status();
        }
        if (found != expected) {
            throw new StoreException(
                    "the store in %s has an index of %s that is not of its entries".formatted(rocks.folder, name));
        }
    }

    /** A number that stands for an index key in sums: their order does not matter, a lost or changed one shows. */
    private static long mark(byte[] indexKey) {
        long mark = (Arrays.hashCode(indexKey) ^ 0x5bd1e995L) * 0x9e3779b97f4a7c15L;
        return mark ^ (mark >>> 32);
    }
}
