package io.meshlog.meshapi.etcd.kv;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How many keys a range has, without visiting them on every page. Each page of a list leaves the count of what follows it
 * for the next one; a count of an earlier revision is brought up to date by the writes since then, where there are fewer of
 * them than keys. So a list in pages visits each key twice at most, whoever asks, and many clients that list the same count
 * once. Safe on any thread; must not be asked on an event loop.
 */
final class RangeCounts {
    private static final int KEPT = 4_096;
    private static final Duration KEPT_FOR = Duration.ofMinutes(5);
    /** Counts are brought up to date over at most so many writes. */
    private static final int MAX_WRITES = 10_000;

    private record Asked(UUID logId, View view, KeyRange range) {}

    private record Counted(long revision, long count) {}

    private final RecentWrites writes;
    private final Cache<Asked, Counted> known =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterAccess(KEPT_FOR).build();
    private final Cache<Asked, Counted> followUps =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterAccess(KEPT_FOR).build();

    RangeCounts(RecentWrites writes) {
        this.writes = writes;
    }

    /** The keys of the range that the store holds. */
    long count(ReplicaSnapshot snapshot, View view, KeyRange range) {
        Asked asked = asked(snapshot, view, range);
        if (asked == null) {
            return scan(snapshot, view, range);
        }
        long revision = snapshot.position().revision();
        Counted left = followUps.getIfPresent(asked);
        if (left != null && left.revision() == revision) {
            return left.count();
        }
        Counted last = known.getIfPresent(asked);
        Long carried = last == null ? null : carry(last, revision, view, range);
        long count = carried == null ? scan(snapshot, view, range) : carried;
        if (last == null || last.revision() <= revision) {
            known.put(asked, new Counted(revision, count));
        }
        return count;
    }

    /** What is left after a page. */
    void remember(ReplicaSnapshot snapshot, View view, KeyRange rest, long count) {
        Asked asked = asked(snapshot, view, rest);
        if (asked != null) {
            followUps.put(asked, new Counted(snapshot.position().revision(), count));
        }
    }

    void forget() {
        known.invalidateAll();
        followUps.invalidateAll();
    }

    private static @Nullable Asked asked(ReplicaSnapshot snapshot, View view, KeyRange range) {
        UUID logId = snapshot.position().logId();
        return logId == null ? null : new Asked(logId, view, range);
    }

    private @Nullable Long carry(Counted last, long revision, View view, KeyRange range) {
        if (revision < last.revision() || revision - last.revision() > MAX_WRITES) {
            return null;
        }
        long count = last.count();
        for (long each = last.revision() + 1; each <= revision; each++) {
            List<AppliedWrite.Change> changes = writes.write(each);
            if (changes == null) {
                return null;
            }
            for (AppliedWrite.Change change : changes) {
                boolean was = change.before() != null && !change.before().deleted();
                int difference = (change.after().deleted() ? 0 : 1) - (was ? 1 : 0);
                if (difference != 0) {
                    count += difference
                            * keysIn(range, Layout.keysOf(change.after().key(), view));
                }
            }
        }
        return count;
    }

    private static long keysIn(KeyRange range, List<KeyPlace> places) {
        return places.stream().filter(place -> range.contains(place.key())).count();
    }

    private static long scan(ReplicaSnapshot snapshot, View view, KeyRange range) {
        long count = 0;
        try (ViewScan scan = new ViewScan(snapshot, range, view)) {
            while (scan.hasNext()) {
                scan.next();
                count++;
            }
        }
        return count;
    }
}
