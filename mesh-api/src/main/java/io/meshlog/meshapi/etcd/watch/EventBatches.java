package io.meshlog.meshapi.etcd.watch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.wire.KeptBytes;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches that watches are sent, each put together once for all watches of one interest at one revision. What was made
 * last is kept, up to a bound in bytes; what made room is made again. Safe on any thread.
 *
 * <p>Worked example: at revision 9 a hundred watches need 5. The first is given a new batch of 5 to 9, the others the same.
 * One that needs 5 when the newest is 12 is given a batch of 5 to 12, unless the other was big enough as it was.
 */
final class EventBatches {
    private static final long KEPT_BYTES = KeptBytes.atMost(16L << 20, 32);
    private static final int OVERHEAD_BYTES = 128;
    /** How many entries of the store are looked at for one batch, also where none is wanted. */
    private static final int SCANNED = 2_048;

    private record Place(Interest interest, long next) {}

    private final ViewEvents events;
    private final Cache<Place, EventBatch> known = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Place place, EventBatch batch) -> OVERHEAD_BYTES + batch.bytes().length + 4 * batch.ends().length)
            .build();

    EventBatches(ViewEvents events) {
        this.events = events;
    }

    /**
     * What comes next, write after write, from memory; null where the first that is needed is not held there.
     *
     * @param next the first revision that is needed, at most the newest
     */
    @Nullable
    EventBatch held(Interest interest, long next, long newest) {
        Place place = new Place(interest, next);
        EventBatch shared = known.getIfPresent(place);
        if (shared != null && (shared.full() || shared.upTo() >= newest)) {
            return shared;
        }
        EventBatch made = make(interest, next, newest);
        if (made != null) {
            known.put(place, made);
        }
        return made;
    }

    private @Nullable EventBatch make(Interest interest, long next, long newest) {
        EventBatch.Builder batch = new EventBatch.Builder(interest);
        long revision = next;
        while (revision <= newest && !batch.isFull()) {
            List<ViewEvent> ofRevision = events.of(interest.view(), revision);
            if (ofRevision == null) {
                break;
            }
            batch.add(ofRevision);
            revision++;
        }
        return revision == next ? null : batch.build(revision - 1, batch.isFull());
    }

    /** What comes next, the latest of each key in the order of revisions, from a view of the store. Reads the disk. */
    EventBatch stored(Interest interest, long next, ReplicaSnapshot snapshot) {
        Place place = new Place(interest, next);
        EventBatch shared = known.getIfPresent(place);
        if (shared != null
                && (shared.full() || shared.upTo() >= snapshot.position().revision())) {
            return shared;
        }
        EventBatch made;
        try (Entries.Cursor changed = snapshot.changedAfter(next - 1)) {
            made = read(interest, next, changed, snapshot.position().revision());
        }
        known.put(place, made);
        return made;
    }

    /** Whole revisions only. */
    private EventBatch read(Interest interest, long next, Entries.Cursor changed, long last) {
        EventBatch.Builder batch = new EventBatch.Builder(interest);
        List<ViewEvent> ofRevision = new ArrayList<>();
        long revision = next - 1;
        int scanned = 0;
        while (changed.hasNext()) {
            Entry entry = changed.next();
            if (entry.modRevision() != revision) {
                batch.add(ofRevision);
                ofRevision.clear();
                if (batch.isFull() || scanned >= SCANNED) {
                    return batch.build(entry.modRevision() - 1, true);
                }
                revision = entry.modRevision();
            }
            ofRevision.addAll(events.ofLatest(interest.view(), entry));
            scanned++;
        }
        batch.add(ofRevision);
        return batch.build(last, false);
    }

    /** What was served before may be wrong. */
    void forget() {
        known.invalidateAll();
        events.forget();
    }
}
