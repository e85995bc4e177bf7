package io.meshlog.meshapi.etcd.kv;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StorePosition;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's state at an earlier revision: a view of now, and over it what was under each key that has changed since.
 *
 * <p>Worked example: at revision 7 a was 1; revision 8 put b, 9 put a to 2. The view is at 9, the overlay holds b -> none
 * and a -> 1: the state at 7. An overlay that reaches further than the view does no harm, because a key that has not
 * changed before the view is the same in both.
 */
final class PastSnapshot implements ReplicaSnapshot {
    private final ReplicaSnapshot now;
    private final long revision;
    private final ConcurrentNavigableMap<ResourceKey, Optional<Entry>> before;

    /**
     * @param now closed with this
     * @param before what was under each key that changed after the revision, none included
     */
    PastSnapshot(ReplicaSnapshot now, long revision, ConcurrentNavigableMap<ResourceKey, Optional<Entry>> before) {
        this.now = now;
        this.revision = revision;
        this.before = before;
    }

    @Override
    public StorePosition position() {
        StorePosition at = now.position();
        return new StorePosition(at.logId(), revision, at.changelogOffset(), revision, at.horizon());
    }

    @Override
    public @Nullable Entry get(ResourceKey key) {
        Optional<Entry> past = before.get(key);
        return past == null ? now.get(key) : past.orElse(null);
    }

    @Override
    public Entries.Cursor range(@Nullable ResourceKey after, @Nullable ResourceKey upTo) {
        ConcurrentNavigableMap<ResourceKey, Optional<Entry>> part = before;
        part = after == null ? part : part.tailMap(after, false);
        part = upTo == null ? part : part.headMap(upTo, true);
        return new Merge(now.range(after, upTo), part.entrySet().iterator());
    }

    @Override
    public Entries.Cursor changedAfter(long other) {
        throw new UnsupportedOperationException("what changed since a revision is asked of now, not of the past");
    }

    @Override
    public void close() {
        now.close();
    }

    /** Both in the order of keys; where both have a key, the past counts. */
    private static final class Merge implements Entries.Cursor {
        private final Entries.Cursor now;
        private final Iterator<Map.Entry<ResourceKey, Optional<Entry>>> past;
        private @Nullable Entry current;
        private Map.@Nullable Entry<ResourceKey, Optional<Entry>> earlier;
        private @Nullable Entry next;

        Merge(Entries.Cursor now, Iterator<Map.Entry<ResourceKey, Optional<Entry>>> past) {
            this.now = now;
            this.past = past;
            this.current = nextCurrent();
            this.earlier = nextEarlier();
            this.next = advance();
        }

        private @Nullable Entry nextCurrent() {
            return now.hasNext() ? now.next() : null;
        }

        private Map.@Nullable Entry<ResourceKey, Optional<Entry>> nextEarlier() {
            return past.hasNext() ? past.next() : null;
        }

        private @Nullable Entry advance() {
            while (current != null || earlier != null) {
                Entry one = current;
                Map.Entry<ResourceKey, Optional<Entry>> other = earlier;
                if (other == null || (one != null && one.key().compareTo(other.getKey()) < 0)) {
                    current = nextCurrent();
                    return one;
                }
                if (one != null && one.key().equals(other.getKey())) {
                    current = nextCurrent();
                }
                earlier = nextEarlier();
                if (other.getValue().isPresent()) {
                    return other.getValue().get();
                }
            }
            return null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Entry next() {
            Entry entry = next;
            if (entry == null) {
                throw new NoSuchElementException();
            }
            next = advance();
            return entry;
        }

        @Override
        public void close() {
            now.close();
        }
    }
}
