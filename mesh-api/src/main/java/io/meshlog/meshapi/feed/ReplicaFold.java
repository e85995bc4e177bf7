package io.meshlog.meshapi.feed;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.Digest;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.Resource;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaStore;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns polled records into batches for the store. Two ways: while catching up, everything as it comes, because compaction
 * may have taken any change away; once exact, only whole writes, each the next revision, and every digest is compared. What
 * the store holds already, because it was decided here, is passed over.
 *
 * <p>For the feed's thread. What comes out of place is thrown: {@link HoleException}, {@link DivergedException}.
 */
final class ReplicaFold {
    /** How many clusters that differ are named in words. */
    private static final int MOST_NAMED = 5;

    private final ReplicaStore store;
    private final ValueEncoding encoding = new ValueCodec();
    private final WriteAssembly assembly = new WriteAssembly(0);
    private boolean exact;
    /** While catching up: whether the last record was a change of a write that goes on after it. */
    private boolean withinWrite;

    private final Set<ResourceKey> forgotten = new LinkedHashSet<>();
    private final List<AppliedWrite> writes = new ArrayList<>();
    private final List<Session> traces = new ArrayList<>();
    /** The latest of each key: the store needs no others. */
    private final Map<ResourceKey, Entry> drafted = new LinkedHashMap<>();

    /** Up to which event the store holds what was decided here, before the changelog said it. */
    private long decidedUpTo;
    /** Whether the changelog is still saying that. */
    private boolean passingOver;

    private @Nullable UUID logId;
    private long revision;
    private long horizon;

    ReplicaFold(ReplicaStore store) {
        this.store = store;
        begin();
    }

    private void begin() {
        forgotten.clear();
        writes.clear();
        traces.clear();
        drafted.clear();
        StorePosition position = store.position();
        logId = position.logId();
        revision = position.revision();
        horizon = position.horizon();
        decidedUpTo = position.eventOffset();
        passingOver = position.decides();
    }

    /** Whether every write comes and is checked. */
    boolean exact() {
        return exact;
    }

    /**
     * Whether the last write that was taken in is all here: a poll may end within one, and what it has of that write must
     * not be served.
     */
    boolean atBoundary() {
        return exact ? assembly.atBoundary() : !withinWrite;
    }

    /** From now on every write must come: the store is what the log says at the given revision. */
    void becomeExact() {
        exact = true;
        begin();
        assembly.reset(revision);
        StorePosition held = store.position();
        if (!held.whole()) {
            store.apply(new StoreBatch(
                    List.of(),
                    List.of(),
                    new StorePosition(
                            held.logId(), held.revision(), held.changelogOffset(), held.revision(), held.horizon())));
        }
    }

    /** From now on anything may come. */
    void becomeTolerant() {
        exact = false;
        withinWrite = false;
        begin();
    }

    /**
     * Takes records in and applies what is whole.
     *
     * @param position the offset in the changelog after the last of them
     * @return what was applied, in order
     */
    List<AppliedBatch> take(List<ChangeRecord> records, long position) {
        List<AppliedBatch> applied = new ArrayList<>();
        long safe = store.position().changelogOffset();
        for (ChangeRecord record : records) {
            take(record, applied);
            if (!exact || atBoundary()) {
                safe = record.offset() + 1;
            }
        }
        if (!exact || atBoundary()) {
            safe = position;
        }
        if (safe != store.position().changelogOffset()) {
            applied.add(flush(safe));
        }
        return applied;
    }

    private void take(ChangeRecord record, List<AppliedBatch> applied) {
        FleetChange change = record.change();
        withinWrite = change != null && change.index() + 1 < change.count();
        passingOver = passingOver && (change == null || change.provenance().eventOffset() <= decidedUpTo);
        if (passingOver) {
            return;
        }
        if (change == null) {
            forget(record.key());
            return;
        }
        requireLog(record);
        switch (change.op()) {
            case UPSERT, DELETE -> write(change);
            case TRACE -> trace(change);
            case DIGEST -> compare(change, record.offset(), applied);
        }
    }

    /** Over a first reading the log id may change: what was decided before a refounding still bears the old one. */
    private void requireLog(ChangeRecord record) {
        boolean firstReading = !exact && store.position().wholeRevision() < 0;
        if (logId == null || firstReading) {
            logId = record.logId();
        } else if (!logId.equals(record.logId())) {
            throw new DivergedException("the changelog is of log %s, the store of log %s: the fleet was founded anew"
                    .formatted(record.logId(), logId));
        }
    }

    private void write(FleetChange change) {
        if (!exact) {
            draft(Entry.of(change));
            revision = Math.max(revision, change.revision());
            meetHorizon(change);
            return;
        }
        List<Entry> whole = assembly.add(change);
        meetHorizon(change);
        if (whole == null) {
            return;
        }
        List<AppliedWrite.Change> changes = new ArrayList<>(whole.size());
        for (Entry entry : whole) {
            changes.add(new AppliedWrite.Change(before(entry.key()), entry));
            draft(entry);
        }
        revision = change.revision();
        writes.add(new AppliedWrite(revision, changes));
    }

    private @Nullable Entry before(ResourceKey key) {
        Entry entry = drafted.get(key);
        return entry != null ? entry : forgotten.contains(key) ? null : store.get(key);
    }

    private void draft(Entry entry) {
        drafted.put(entry.key(), entry);
        forgotten.remove(entry.key());
    }

    private void trace(FleetChange change) {
        if (exact) {
            assembly.requireAt(change);
        }
        draft(Entry.of(change));
        traces.add((Session) decoded(change));
    }

    private Resource decoded(FleetChange change) {
        EncodedValue value = Objects.requireNonNull(change.value());
        return encoding.decode(value).resource();
    }

    private void meetHorizon(FleetChange change) {
        if (!change.key().equals(ResourceKey.FLEET) || change.value() == null) {
            return;
        }
        long moved = ((Fleet) decoded(change)).horizon();
        StorePosition held = store.position();
        // a store that was whole before has something that may have been deleted since
        if (!exact && held.wholeRevision() >= 0 && held.wholeRevision() < moved) {
            throw new DivergedException("deletes below revision %d are forgotten, and this store was last whole at %d"
                    .formatted(moved, held.wholeRevision()));
        }
        horizon = Math.max(horizon, moved);
    }

    /**
     * The delete of a key is forgotten. While catching up, compaction may have taken the record that moved the horizon:
     * the delete itself tells that it has moved past it.
     */
    private void forget(ResourceKey key) {
        Entry held = forgotten.contains(key) ? null : before(key);
        if (held != null && held.deleted()) {
            horizon = Math.max(horizon, held.modRevision() + 1);
        } else if (held != null && (exact || store.position().wholeRevision() >= 0)) {
            throw new DivergedException("the delete of %s is forgotten, and this store still has it".formatted(key));
        }
        drafted.remove(key);
        forgotten.add(key);
    }

    private void compare(FleetChange change, long offset, List<AppliedBatch> applied) {
        if (!exact) {
            return;
        }
        assembly.requireAt(change);
        applied.add(flush(offset));
        Digest said = (Digest) decoded(change);
        Digest held = store.digest();
        if (!said.equals(held)) {
            throw new DivergedException("at revision %d the fleet's digest and the store's differ in %s"
                    .formatted(change.revision(), difference(said, held)));
        }
    }

    private static String difference(Digest said, Digest held) {
        Set<Digest.ClusterDigest> differing = new LinkedHashSet<>(said.clusters());
        held.clusters().forEach(cluster -> {
            if (!differing.remove(cluster)) {
                differing.add(cluster);
            }
        });
        return differing.stream()
                .map(Digest.ClusterDigest::cluster)
                .distinct()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "));
    }

    private AppliedBatch flush(long offset) {
        StorePosition held = store.position();
        store.apply(new StoreBatch(
                List.copyOf(drafted.values()),
                List.copyOf(forgotten),
                new StorePosition(
                        logId,
                        revision,
                        offset,
                        exact ? revision : held.wholeRevision(),
                        horizon,
                        passingOver ? decidedUpTo : StorePosition.FOLLOWS)));
        AppliedBatch applied = new AppliedBatch(exact ? writes : List.of(), traces, revision);
        begin();
        return applied;
    }
}
