package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.Tally;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a store adds up to, at constant cost for each entry that comes or goes: the fleet's counts and digests, and beside
 * them how many entries there are at all, sessions and known deletes included, which no digest covers. The latter are kept
 * on disk with every batch, so that an opened store can tell that something is lost.
 *
 * <p>Written by one thread; {@link #counts} may be asked for on any.
 */
final class StoreSums {
    private final Tally tally = new Tally();
    private Hash128 values = Hash128.ZERO;
    private long entries;

    synchronized void add(Entry entry) {
        tally.add(entry);
        values = values.plus(entry.hash());
        entries++;
    }

    synchronized void remove(Entry entry) {
        tally.remove(entry);
        values = values.minus(entry.hash());
        entries--;
    }

    synchronized Digest digest() {
        return tally.digest();
    }

    synchronized Map<String, Map<Kind, Long>> counts() {
        return tally.counts();
    }

    /** The count of all entries and the sum of all values' hashes, 24 bytes. */
    synchronized byte[] toBytes() {
        return ByteBuffer.allocate(Long.BYTES + Hash128.SIZE_BYTES)
                .putLong(entries)
                .put(values.toBytes())
                .array();
    }
}
