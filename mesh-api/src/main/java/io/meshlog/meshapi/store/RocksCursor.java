package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** Entries along a RocksDB iterator. Owns the iterator and its options. */
final class RocksCursor implements Entries.Cursor {
    /** Makes an entry of where the iterator stands; null where there is none to be made. */
    interface Reading {
        @Nullable
        Entry read(RocksIterator iterator) throws RocksDBException;
    }

    private final ReadOptions options;
    private final @Nullable Slice upperBound;
    private final RocksIterator iterator;
    private final Reading reading;
    private @Nullable Entry next;

    RocksCursor(ReadOptions options, @Nullable Slice upperBound, RocksIterator iterator, Reading reading) {
        this.options = options;
        this.upperBound = upperBound;
        this.iterator = iterator;
        this.reading = reading;
        this.next = advance();
    }

    private @Nullable Entry advance() {
        try {
            while (iterator.isValid()) {
                Entry entry = reading.read(iterator);
                iterator.next();
                if (entry != null) {
                    return entry;
                }
            }
            iterator.status();
            return null;
        } catch (RocksDBException failed) {
            throw new StoreException("the store cannot be read", failed);
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Entry next() {
        Entry entry = next;
        if (entry == null) {
            throw new NoSuchElementException();
        }
        next = advance();
        return entry;
    }

    @Override
    public void close() {
        iterator.close();
        options.close();
        if (upperBound != null) {
            upperBound.close();
        }
    }
}
