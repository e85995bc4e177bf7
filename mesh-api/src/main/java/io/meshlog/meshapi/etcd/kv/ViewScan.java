package io.meshlog.meshapi.etcd.kv;

import io.meshlog.events.etcd.keys.KeyFamily.Segment;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The live keys of a range of a view, in their order. It walks the parts of Cilium's layout one after another, each a run of
 * the store's own order, and merges the view's own unknown keys in: what is visited is what is given, and what a step costs
 * does not depend on how much is left.
 *
 * <p>For one thread; to be closed before the snapshot.
 */
public final class ViewScan implements Iterator<ViewScan.Found>, AutoCloseable {
    /** Sorts after every kind, so that it skips what is left of a cluster. */
    private static final String AFTER_KINDS = "/\u00ff";

    private static final String OPAQUE = "/opaque/";

    /** A key and what is under it. */
    public record Found(KeyPlace place, Entry entry) {}

    private final ReplicaSnapshot snapshot;
    private final KeyRange range;
    private final View view;
    private final Deque<Segment> segments;
    private @Nullable Segment segment;
    private @Nullable Run typedRun;
    private @Nullable Run opaqueRun;
    private @Nullable Found typed;
    private @Nullable Found opaque;

    public ViewScan(ReplicaSnapshot snapshot, KeyRange range, View view) {
        this.snapshot = snapshot;
        this.range = range;
        this.view = view;
        this.segments = new ArrayDeque<>(Layout.segments(range, view, this::clusters));
        String own = view.cluster();
        this.opaqueRun = own == null ? null : new Run(own + OPAQUE, "", new ResourceKey(KeyRange.after(own + OPAQUE)));
        this.typed = nextTyped();
        this.opaque = nextOpaque();
    }

    /** Every cluster there is anything of. */
    private Set<String> clusters() {
        Set<String> clusters = new TreeSet<>();
        String last = null;
        do {
            ResourceKey after = last == null ? null : new ResourceKey(last + AFTER_KINDS);
            try (Entries.Cursor next = snapshot.range(after, null)) {
                last = next.hasNext() ? next.next().key().prefix() : null;
            }
            if (last != null && !last.equals(ResourceKey.FLEET_PREFIX)) {
                clusters.add(last);
            }
        } while (last != null);
        return clusters;
    }

    /** A run of resources whose keys have one prefix, cut to the range. */
    private final class Run implements AutoCloseable {
        private final @Nullable ResourceKey end;
        private final Entries.Cursor rest;
        private @Nullable Entry next;

        Run(String resourcePrefix, String etcdPrefix, ResourceKey whole) {
            String first =
                    range.start().compareTo(etcdPrefix) > 0 ? range.start().substring(etcdPrefix.length()) : "";
            String last = range.end();
            ResourceKey from = new ResourceKey(resourcePrefix + first);
            end = last != null && last.startsWith(etcdPrefix)
                    ? new ResourceKey(resourcePrefix + last.substring(etcdPrefix.length()))
                    : whole;
            // the store's ranges begin after a key
            Entry inclusive = snapshot.get(from);
            rest = snapshot.range(from, end);
            next = inclusive;
            if (next == null || next.deleted() || !range.contains(etcdPrefix + first)) {
                advance();
            }
        }

        private void advance() {
            next = null;
            while (next == null && rest.hasNext()) {
                Entry entry = rest.next();
                if (entry.key().equals(end)) {
                    return;
                }
                next = entry.deleted() ? null : entry;
            }
        }

        @Nullable
        Entry poll() {
            Entry polled = next;
            if (polled != null) {
                advance();
            }
            return polled;
        }

        @Override
        public void close() {
            rest.close();
        }
    }

    private @Nullable Found nextTyped() {
        while (true) {
            Segment at = segment;
            Run run = typedRun;
            if (at != null && run != null) {
                Entry entry = run.poll();
                if (entry == null) {
                    run.close();
                    typedRun = null;
                } else {
                    KeyPlace place = Layout.locate(at.keyOf(entry.key()), view);
                    if (place != null && place.resource().equals(entry.key())) {
                        return new Found(place, entry);
                    }
                }
            } else {
                segment = segments.poll();
                if (segment == null) {
                    return null;
                }
                typedRun = new Run(segment.resourcePrefix(), segment.etcdPrefix(), segment.end());
            }
        }
    }

    private @Nullable Found nextOpaque() {
        Run run = opaqueRun;
        if (run == null) {
            return null;
        }
        for (Entry entry = run.poll(); entry != null; entry = run.poll()) {
            KeyPlace place = Layout.locate(entry.key().name(), view);
            // what a family shows is given once, in the family's turn
            if (place != null && !Layout.isOfAFamily(place.key(), view)) {
                return new Found(place, entry);
            }
        }
        return null;
    }

    @Override
    public boolean hasNext() {
        return typed != null || opaque != null;
    }

    @Override
    public Found next() {
        Found one = typed;
        Found other = opaque;
        if (one != null
                && (other == null || one.place().key().compareTo(other.place().key()) < 0)) {
            typed = nextTyped();
            return one;
        }
        if (other == null) {
            throw new NoSuchElementException();
        }
        opaque = nextOpaque();
        return other;
    }

    @Override
    public void close() {
        if (typedRun != null) {
            typedRun.close();
        }
        if (opaqueRun != null) {
            opaqueRun.close();
        }
    }
}
