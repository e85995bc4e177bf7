package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.AppliedWrite;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest writes, in memory. Revisions follow one another, so a write's place is its revision modulo the size. One
 * thread appends; any thread reads. At its bounds the oldest write makes room.
 *
 * <p>Worked example with room for 4 and writes 3 to 7 appended: it holds 4 to 7, {@code get(3)} is null.
 */
final class Ring {
    /** One write. */
    record Slot(long revision, List<RingChange> changes, int bytes) {}

    private final AtomicReferenceArray<@Nullable Slot> slots;
    private final int mask;
    private final long maxBytes;
    private long oldest = 1;
    private long bytes;
    private volatile long newest;

    Ring(int size, long maxBytes) {
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
        this.maxBytes = maxBytes;
    }

    /** The newest revision readers can be brought to. */
    long newest() {
        return newest;
    }

    /** Holds nothing; the next write has the revision after this one. */
    void reset(long revision) {
        while (oldest <= newest) {
            drop();
        }
        oldest = revision + 1;
        newest = revision;
    }

    void append(AppliedWrite write, ChangeEncoder encoder) {
        List<RingChange> changes = write.changes().stream()
                .map(change -> new RingChange(change, encoder))
                .toList();
        int size = changes.stream().mapToInt(RingChange::bytes).sum();
        while (oldest <= newest && (newest - oldest >= mask || bytes + size > maxBytes)) {
            drop();
        }
        slots.set((int) (write.revision() & mask), new Slot(write.revision(), changes, size));
        bytes += size;
        newest = write.revision();
    }

    private void drop() {
        int place = (int) (oldest & mask);
        Slot slot = slots.get(place);
        bytes -= slot == null ? 0 : slot.bytes();
        slots.set(place, null);
        oldest++;
    }

    /** The changes of a write, null where they are not held any more, or not yet. */
    @Nullable
    List<RingChange> get(long revision) {
        Slot slot = slots.get((int) (revision & mask));
        return slot != null && slot.revision() == revision ? slot.changes() : null;
    }
}
