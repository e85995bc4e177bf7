package io.meshlog.meshapi.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The open database of a store: four column families and what they share. Closing releases all of it, in the order RocksDB
 * wants.
 */
final class RocksFolder implements AutoCloseable {
    private static final long BLOCK_CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int BLOCK_BYTES = 16 << 10;
    private static final int BLOOM_BITS_PER_KEY = 10;
    private static final long MAX_WAL_BYTES = 64L << 20;

    private static final List<String> FAMILIES = List.of("default", "revisions", "deletes", "position");

    /** The keys of the family "position". */
    static final byte[] POSITION = {0};

    static final byte[] SUMS = {1};

    final Path folder;
    final RocksDB db;
    final ColumnFamilyHandle entries;
    final ColumnFamilyHandle revisions;
    final ColumnFamilyHandle deletes;
    final ColumnFamilyHandle position;

    private final List<AbstractImmutableNativeReference> owned = new ArrayList<>();
    private final List<ColumnFamilyHandle> handles = new ArrayList<>();

    /** @throws StoreException if it cannot be opened */
    RocksFolder(Path folder) {
        this.folder = folder;
        RocksDB.loadLibrary();
        try {
            Files.createDirectories(folder);
            LRUCache cache = own(new LRUCache(BLOCK_CACHE_BYTES));
            List<ColumnFamilyDescriptor> families = new ArrayList<>();
            for (String family : FAMILIES) {
                families.add(new ColumnFamilyDescriptor(family.getBytes(StandardCharsets.UTF_8), options(cache)));
            }
            DBOptions options = own(new DBOptions())
                    .setCreateIfMissing(true)
                    .setCreateMissingColumnFamilies(true)
                    .setMaxTotalWalSize(MAX_WAL_BYTES)
                    .setKeepLogFileNum(2)
                    .setMaxOpenFiles(256);
            db = RocksDB.open(options, folder.toString(), families, handles);
        } catch (RocksDBException | IOException failed) {
            releaseOwned();
            String message = "the store in %s cannot be opened".formatted(folder);
            throw isLocked(failed) ? new StoreInUseException(message, failed) : new StoreException(message, failed);
        }
        entries = handles.get(0);
        revisions = handles.get(1);
        deletes = handles.get(2);
        position = handles.get(3);
    }

    /** RocksDB has no code of its own for this. */
    private boolean isLocked(Exception failed) {
        return String.valueOf(failed.getMessage())
                .contains(folder.resolve("LOCK").toString());
    }

    private ColumnFamilyOptions options(LRUCache cache) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)));
        return own(new ColumnFamilyOptions())
                .setTableFormatConfig(table)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true);
    }

    private <T extends AbstractImmutableNativeReference> T own(T reference) {
        owned.add(reference);
        return reference;
    }

    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
        releaseOwned();
    }

    private void releaseOwned() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
    }
}
