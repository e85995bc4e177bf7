package io.meshlog.projector.streams;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The fold's entries in a Streams store, whose order of unsigned bytes is that of the keys. For the Streams thread. */
final class StoreEntries implements Entries {
    private final KeyValueStore<Bytes, byte[]> store;
    private final Function<Entry, byte[]> encode;
    private final BiFunction<ResourceKey, byte[], Entry> decode;

    StoreEntries(
            KeyValueStore<Bytes, byte[]> store,
            Function<Entry, byte[]> encode,
            BiFunction<ResourceKey, byte[], Entry> decode) {
        this.store = store;
        this.encode = encode;
        this.decode = decode;
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
        byte[] value = store.get(bytes(key));
        return value == null ? null : decode.apply(key, value);
    }

    @Override
    public void put(Entry entry) {
        store.put(bytes(entry.key()), encode.apply(entry));
    }

    @Override
    public void remove(ResourceKey key) {
        store.delete(bytes(key));
    }

    @Override
    public Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        if (after != null && upTo != null && after.compareTo(upTo) >= 0) {
            return new Found(null, null);
        }
        KeyValueIterator<Bytes, byte[]> found =
                store.range(after == null ? null : bytes(after), upTo == null ? null : bytes(upTo));
        return new Found(found, after);
    }

    private static Bytes bytes(ResourceKey key) {
        return Bytes.wrap(key.toBytes());
    }

    /** The store's ranges begin with the key itself, the fold's after it. */
    private final class Found implements Cursor {
        private final @Nullable KeyValueIterator<Bytes, byte[]> found;
        private final @Nullable ResourceKey after;
        private @Nullable Entry next;

        Found(@Nullable KeyValueIterator<Bytes, byte[]> found, @Nullable ResourceKey after) {
            this.found = found;
            this.after = after;
        }

        @Override
        public boolean hasNext() {
            while (next == null && found != null && found.hasNext()) {
                KeyValue<Bytes, byte[]> pair = found.next();
                ResourceKey key = ResourceKey.ofBytes(pair.key.get());
                if (!key.equals(after)) {
                    next = decode.apply(key, pair.value);
                }
            }
            return next != null;
        }

        @Override
        public Entry next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("the range is at its end");
            }
            Entry entry = next;
            next = null;
            return entry;
        }

        @Override
        public void close() {
            if (found != null) {
                found.close();
            }
        }
    }
}
