package io.meshlog.it.simulation;

import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ChangelogSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The changelog topic as those see it who read what is committed: one transaction at a time, each ended by a marker that
 * takes an offset, what was aborted takes offsets too; compaction by key leaves what is young.
 */
final class ChangelogInMemory {
    /** As the topic's min.compaction.lag.ms and delete.retention.ms: longer than what the feed takes for sure. */
    static final long LAG_MS = 15_000;

    static final long TOMBSTONES_MS = 60_000;
    /** Few, so that polls end within transactions and within writes. */
    private static final int MOST_POLLED = 12;

    private static final ChangeCodec CODEC = new ChangeCodec();

    private final List<ChangeRecord> records = new ArrayList<>();
    private final List<ChangeRecord> open = new ArrayList<>();
    /** By offset, of tombstones that are all there is of their key. */
    private final Map<Long, Long> tombstonesGoMs = new HashMap<>();

    private final Random random;
    private final Mutation mutation;
    private long nextOffset;
    private long skipped;

    ChangelogInMemory(Random random, Mutation mutation) {
        this.random = random;
        this.mutation = mutation;
    }

    void append(long nowMs, UUID logId, ResourceKey key, @Nullable FleetChange change) {
        FleetChange said = change == null ? null : copied(change);
        if (said != null && mutation == Mutation.KEY_OF_ANOTHER && said.kind() == Kind.OPAQUE) {
            said = moved(said);
        }
        open.add(new ChangeRecord(nextOffset + open.size(), nowMs, logId, said == null ? key : said.key(), said));
    }

    private static FleetChange moved(FleetChange change) {
        return new FleetChange(
                change.revision(),
                change.index(),
                change.count(),
                change.op(),
                change.kind(),
                new ResourceKey(change.key().value().replace("westeurope/", "eastus/")),
                change.createRevision(),
                change.version(),
                change.origin(),
                change.lease(),
                change.provenance(),
                change.value());
    }

    private FleetChange copied(FleetChange change) {
        byte[] bytes = CODEC.encode(change);
        return CODEC.decode(CODEC.fingerprint(change), bytes, 0, bytes.length);
    }

    List<ChangeRecord> commit() {
        List<ChangeRecord> committed = List.copyOf(open);
        committed.stream().filter(record -> !isSkipped(record)).forEach(records::add);
        end();
        return committed;
    }

    private boolean isSkipped(ChangeRecord record) {
        return mutation == Mutation.WRITE_SKIPPED
                && record.change() != null
                && record.change().isWrite()
                && ++skipped % 60 == 0;
    }

    void abort() {
        if (mutation == Mutation.ABORTED_READ) {
            records.addAll(open);
        }
        end();
    }

    private void end() {
        if (!open.isEmpty()) {
            nextOffset += open.size() + 1L;
            open.clear();
        }
    }

    /**
     * Takes away some of what a later record of the same key, itself old enough, has replaced; returns whether any. As the
     * cleaner's passes do, one that finds nothing before a tombstone gives it its time, and a later one takes it: whoever has
     * read the value in time meets the tombstone.
     */
    boolean compact(long nowMs) {
        Map<ResourceKey, Long> newest = new HashMap<>();
        for (ChangeRecord record : records) {
            if (record.timestampMs() + LAG_MS <= nowMs) {
                newest.put(record.key(), record.offset());
            }
        }
        Set<ResourceKey> earlier = new HashSet<>();
        tombstonesGoMs.keySet().retainAll(newest.values());
        return records.removeIf(record -> {
            Long latest = newest.get(record.key());
            if (latest == null || record.timestampMs() + LAG_MS > nowMs) {
                return false;
            }
            boolean alone = !earlier.contains(record.key());
            boolean gone = record.offset() < latest ? random.nextInt(4) > 0 : alone && isForgotten(record, nowMs);
            if (!gone) {
                earlier.add(record.key());
            }
            return gone;
        });
    }

    /** Of a key's only record. */
    private boolean isForgotten(ChangeRecord record, long nowMs) {
        FleetChange change = record.change();
        if (change != null) {
            return mutation == Mutation.DELETE_LOST && change.op() == FleetChange.Op.DELETE;
        }
        Long goesMs = tombstonesGoMs.putIfAbsent(record.offset(), nowMs + TOMBSTONES_MS);
        return goesMs != null && goesMs <= nowMs;
    }

    /** The place of the first record at or after an offset. */
    private int placeOf(long offset) {
        int low = 0;
        int high = records.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (records.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    ChangelogSource source(BooleanSupplier away) {
        return new ChangelogSource() {
            private long position;

            @Override
            public void seek(long offset) {
                position = offset;
            }

            @Override
            public long beginning(Duration timeout) {
                return 0;
            }

            @Override
            public long stableEnd(Duration timeout) {
                if (away.getAsBoolean()) {
                    throw new TimeoutException("no broker answers");
                }
                return nextOffset;
            }

            @Override
            public long position() {
                return position;
            }

            @Override
            public List<ChangeRecord> poll(Duration timeout) {
                if (away.getAsBoolean()) {
                    return List.of();
                }
                int from = placeOf(position);
                int to = Math.min(records.size(), from + 1 + random.nextInt(MOST_POLLED));
                position =
                        to == records.size() ? nextOffset : records.get(to - 1).offset() + 1;
                return List.copyOf(records.subList(from, to));
            }

            @Override
            public void wakeup() {
                // nothing blocks here
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
