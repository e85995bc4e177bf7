package io.meshlog.meshapi.feed;

import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares what the projector decided with what was decided here, change by change: both come from one function and one log,
 * so any difference means that one of the two is broken, and this replica does not serve what it cannot vouch for.
 *
 * <p>What was decided here and is not in the changelog yet is remembered, up to a sixteenth of the
 * heap and {@value #MOST_BYTES} bytes. Where there is more, because the projector is away for long, and where compaction may
 * have taken some of what it said, because this replica was, what the changelog says is compared with the store alone: a
 * change that is still a key's latest has to be the one that is held.
 *
 * <p>Worked example: events 7, 8 and 9 are decided here and remembered; the changelog brings the changes of 7 and 8, they are
 * equal and forgotten; 9 stays. Had the process started after 8, those of 7 and 8 were looked up in the store, those of 9
 * compared with what is remembered.
 *
 * <p>Safe on any thread: one decides, another reads the changelog.
 */
final class Witness {
    static final long MOST_BYTES = 32L << 20;
    /** What a change takes beside its value. */
    private static final int CHANGE_BYTES = 400;

    private static final int HEAP_PART = 16;

    private sealed interface Expected {
        record Change(FleetChange change) implements Expected {}

        record Forgotten(ResourceKey key) implements Expected {}
    }

    private final ReplicaStore store;
    private final UUID logId;
    private final long mostBytes = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PART);
    private final Deque<Expected> expected = new ArrayDeque<>();
    private long bytes;
    /** The last event that was decided here. */
    private long decided;
    /** Up to this event the store alone tells what the changelog has to say. */
    private long looseUpTo;
    /** The last event of which the changelog brought anything. */
    private long seen = -1;

    /** Whether what the changelog says next may not be all of what it said: compaction may have taken some. */
    private boolean thinned;

    private long loosened;
    private boolean closed;

    /**
     * @param logId of the log the store is of
     * @param decided the last event that was decided on the store
     */
    Witness(ReplicaStore store, UUID logId, long decided) {
        this.store = store;
        this.logId = logId;
        this.decided = decided;
        this.looseUpTo = decided;
    }

    /** This was decided here; the changelog has to say the same. */
    synchronized void expect(Decision decision) {
        decided = decision.eventOffset();
        if (decided > looseUpTo) {
            remember(decision);
        }
        notifyAll();
    }

    private void remember(Decision decision) {
        for (FleetChange change : decision.changes()) {
            expected.add(new Expected.Change(change));
            bytes += size(change);
        }
        decision.forgotten().forEach(key -> expected.add(new Expected.Forgotten(key)));
        bytes += (long) decision.forgotten().size() * CHANGE_BYTES;
        if (bytes > mostBytes) {
            loosenUpTo(decided);
            loosened++;
        }
    }

    private void loosenUpTo(long event) {
        expected.clear();
        bytes = 0;
        looseUpTo = Math.max(looseUpTo, Math.max(decided, event));
    }

    /** Compaction may have taken what the changelog said before what it says next: up to there the store alone tells. */
    synchronized void thinned() {
        thinned = true;
    }

    private static long size(FleetChange change) {
        EncodedValue value = change.value();
        return (long) CHANGE_BYTES + (value == null ? 0 : value.bytes().size());
    }

    /**
     * Compares what the changelog says next.
     *
     * @return false if it is not decided here yet, and so is to be compared later
     * @throws DivergedException if anything else was decided here
     */
    boolean check(ChangeRecord record) {
        FleetChange change = record.change();
        Expected wanted;
        synchronized (this) {
            if (change == null) {
                // its event came before it
                if (thinned || seen <= looseUpTo) {
                    return true;
                }
            } else {
                if (!logId.equals(record.logId())) {
                    throw new DivergedException(
                            "the changelog is of log %s, the store of log %s".formatted(record.logId(), logId));
                }
                if (thinned) {
                    thinned = false;
                    loosenUpTo(change.provenance().eventOffset());
                }
                if (!isDecided(change)) {
                    return false;
                }
                seen = change.provenance().eventOffset();
                notifyAll();
            }
            wanted = change == null || seen > looseUpTo ? expected.poll() : null;
            bytes -= switch (wanted) {
                case Expected.Change known -> size(known.change());
                case Expected.Forgotten forgotten -> CHANGE_BYTES;
                case null -> 0;
            };
        }
        if (change != null && wanted == null) {
            compareWithStore(change);
        } else {
            compare(record, wanted);
        }
        return true;
    }

    /** What is remembered comes before whatever is not decided yet, or is missing. */
    private boolean isDecided(FleetChange change) {
        if (change.provenance().eventOffset() <= decided || !expected.isEmpty()) {
            return true;
        }
        if (seen < decided) {
            seen = decided;
            notifyAll();
        }
        return false;
    }

    /** Waits until what the changelog says next can be compared, or this is closed. */
    synchronized void awaitDecided(ChangeRecord next) {
        FleetChange change = next.change();
        try {
            while (!closed && change != null && !isDecided(change)) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the witness waits", interrupted);
        }
    }

    private static void compare(ChangeRecord said, @Nullable Expected wanted) {
        boolean same = switch (wanted) {
            case Expected.Change change -> change.change().equals(said.change());
            case Expected.Forgotten forgotten ->
                said.change() == null && forgotten.key().equals(said.key());
            case null -> false;
        };
        if (!same) {
            throw new DivergedException("at offset %d the changelog says %s, here was decided: %s"
                    .formatted(said.offset(), inWords(said.key(), said.change()), inWords(wanted)));
        }
    }

    private static String inWords(@Nullable Expected expected) {
        return switch (expected) {
            case Expected.Change change -> inWords(change.change().key(), change.change());
            case Expected.Forgotten forgotten -> inWords(forgotten.key(), null);
            case null -> "nothing more";
        };
    }

    private static String inWords(ResourceKey key, @Nullable FleetChange change) {
        return change == null
                ? "that the delete of %s is forgotten".formatted(key)
                : "%s %s at revision %d (change %d of %d, version %d, event %d)"
                        .formatted(
                                change.op(),
                                key,
                                change.revision(),
                                change.index(),
                                change.count(),
                                change.version(),
                                change.provenance().eventOffset());
    }

    /** What has been replaced since says nothing any more, and a digest is of a state that has passed. */
    private void compareWithStore(FleetChange change) {
        if (change.op() == FleetChange.Op.DIGEST) {
            return;
        }
        // what is decided and not in the store yet was remembered until a moment ago, and is passed over
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            Entry held = snapshot.get(change.key());
            Entry said = Entry.of(change);
            // a delete that is not held was forgotten; a value that is not held was deleted and forgotten
            if (held == null
                    || held.eventOffset() > said.eventOffset()
                    || said.eventOffset() > snapshot.position().eventOffset()) {
                return;
            }
            if (!held.equals(said)) {
                throw new DivergedException("of event %d the changelog says %s, the store holds %s at revision %d"
                        .formatted(
                                said.eventOffset(),
                                inWords(change.key(), change),
                                held.deleted() ? "a delete" : "another value",
                                held.modRevision()));
            }
        }
    }

    /** The last event of which the changelog brought anything; -1 before the first. */
    synchronized long seen() {
        return seen;
    }

    /** How many changes were decided here that the changelog has not said yet, as far as they are remembered. */
    synchronized int outstanding() {
        return expected.size();
    }

    /** Whether the changelog has said all that was decided here. */
    synchronized boolean caughtUp() {
        return expected.isEmpty() && seen >= decided;
    }

    /** Waits until the changelog has said all that was decided here, at most so long. */
    synchronized void awaitCaughtUp(Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try {
            long leftMs = timeout.toMillis();
            while (!caughtUp() && leftMs > 0) {
                wait(leftMs);
                leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often more was outstanding than is remembered. */
    synchronized long loosened() {
        return loosened;
    }

    /** Whoever waits for a decision goes on without. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
