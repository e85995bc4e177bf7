package io.meshlog.meshapi.etcd.watch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.meshapi.etcd.wire.KeptBytes;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.watch.RecentWrites;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest writes as views see them, each worked out once and shared by all watches. Holds those that were asked for last,
 * up to a bound in bytes; what made room is worked out again. Safe on any thread.
 */
final class ViewEvents {
    private static final long KEPT_BYTES = KeptBytes.atMost(16L << 20, 32);
    private static final int OVERHEAD_BYTES = 256;

    private record Asked(View view, long revision) {}

    private final RecentWrites writes;
    private final KeyValues values;
    private final Cache<Asked, List<ViewEvent>> known = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Asked asked, List<ViewEvent> events) ->
                    OVERHEAD_BYTES + events.stream().mapToInt(ViewEvent::bytes).sum())
            .build();

    ViewEvents(RecentWrites writes, KeyValues values) {
        this.writes = writes;
        this.values = values;
    }

    /** The events of a revision; null where its write is not held. */
    @Nullable
    List<ViewEvent> of(View view, long revision) {
        Asked asked = new Asked(view, revision);
        List<ViewEvent> events = known.getIfPresent(asked);
        if (events == null) {
            List<AppliedWrite.Change> changes = writes.write(revision);
            if (changes == null) {
                return null;
            }
            events = new ArrayList<>();
            for (AppliedWrite.Change change : changes) {
                events.addAll(of(view, change.before(), change.after()));
            }
            known.put(asked, events);
        }
        return events;
    }

    /** What became of a resource, under each key the view sees it. A delete of what was not there is none. */
    private List<ViewEvent> of(View view, @Nullable Entry before, Entry after) {
        boolean was = before != null && !before.deleted();
        if (after.deleted() && !was) {
            return List.of();
        }
        return of(Layout.keysOf(after.key(), view), was ? before : null, after);
    }

    /** As of the store, where what was there before is not known. */
    List<ViewEvent> ofLatest(View view, Entry after) {
        return of(Layout.keysOf(after.key(), view), null, after);
    }

    private List<ViewEvent> of(List<KeyPlace> places, @Nullable Entry before, Entry after) {
        return places.stream()
                .map(place -> new ViewEvent(values, place, before, after))
                .toList();
    }

    /** What was served before may be wrong. */
    void forget() {
        known.invalidateAll();
    }
}
