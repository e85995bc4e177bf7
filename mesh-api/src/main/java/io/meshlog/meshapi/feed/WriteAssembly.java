package io.meshlog.meshapi.feed;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.FleetChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts changes together to whole writes, above the part of the log that compaction may have thinned out: each write is
 * revision + 1 of the one before, and has all of its changes.
 *
 * <p>Worked example at revision 7: (8, 0 of 2), (8, 1 of 2) give write 8; (10, 0 of 1) is then a hole, and so is
 * (9, 1 of 2).
 */
final class WriteAssembly {
    private final List<Entry> changes = new ArrayList<>();
    private long revision;
    private int count;

    /** @param revision of the last write that is whole */
    WriteAssembly(long revision) {
        this.revision = revision;
    }

    /** Begins anew after a revision; what was put together so far is dropped. */
    void reset(long wholeUpTo) {
        changes.clear();
        revision = wholeUpTo;
    }

    /** Whether no write is begun. */
    boolean atBoundary() {
        return changes.isEmpty();
    }

    /**
     * Adds a change. Returns the write it completes, null where it completes none.
     *
     * @throws HoleException if it is not the one that must come
     */
    @Nullable
    List<Entry> add(FleetChange change) {
        if (changes.isEmpty()) {
            requireNext(change, revision + 1, 0);
            count = change.count();
        } else {
            requireNext(change, revision + 1, changes.size());
        }
        changes.add(Entry.of(change));
        if (changes.size() < count) {
            return null;
        }
        List<Entry> whole = List.copyOf(changes);
        changes.clear();
        revision++;
        return whole;
    }

    /**
     * Checks a record that is no write: it stands at the revision of the last one.
     *
     * @throws HoleException if it does not
     */
    void requireAt(FleetChange note) {
        if (!changes.isEmpty() || note.revision() != revision) {
            throw new HoleException("a %s of revision %d where %s".formatted(note.op(), note.revision(), expected()));
        }
    }

    private void requireNext(FleetChange change, long wanted, int index) {
        if (change.revision() != wanted || change.index() != index || change.count() <= index) {
            throw new HoleException("change %d of %d of revision %d where %s"
                    .formatted(change.index(), change.count(), change.revision(), expected()));
        }
    }

    private String expected() {
        return changes.isEmpty()
                ? "revision %d was expected".formatted(revision + 1)
                : "change %d of %d of revision %d was expected".formatted(changes.size(), count, revision + 1);
    }
}
