package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.WatchPhase.Lagging;
import io.meshlog.meshapi.watch.WatchPhase.Pinned;
import io.meshlog.meshapi.watch.WatchPhase.Snapshotting;
import org.jspecify.annotations.Nullable;

/**
 * What a watch does with the store: pins a view, and sends it batch by batch. A step sends at most one batch and reads a
 * bounded number of entries, also where the selector matches none of them.
 */
final class StoreReading {
    private final Selector selector;
    private final WatchSink sink;
    private final HubView hub;

    StoreReading(Selector selector, WatchSink sink, HubView hub) {
        this.selector = selector;
        this.sink = sink;
        this.hub = hub;
    }

    /** Pins all that comes after a key; null while the store is between two revisions. */
    @Nullable
    Pinned pinRange(@Nullable ResourceKey after) {
        ReplicaSnapshot snapshot = hub.snapshot();
        return snapshot == null ? null : new Pinned(snapshot, snapshot.range(after, null), hub.nowMs());
    }

    /** Pins all that changed after a revision; null while the store is between two revisions. */
    @Nullable
    Pinned pinChanged(long after) {
        ReplicaSnapshot snapshot = hub.snapshot();
        return snapshot == null ? null : new Pinned(snapshot, snapshot.changedAfter(after), hub.nowMs());
    }

    boolean expired(Pinned pinned) {
        return hub.nowMs() - pinned.sinceMs() >= hub.limits().pinned().toMillis();
    }

    /** Sends the next batch of a snapshot. Returns how far it is now. */
    Snapshotting send(Snapshotting at, Pinned pinned) {
        ChangeBatch batch = new ChangeBatch(hub.limits());
        Entries.Cursor cursor = pinned.cursor();
        ResourceKey sent = at.sent();
        for (int read = 0;
                cursor.hasNext() && !batch.full() && read < hub.limits().scanned();
                read++) {
            Entry entry = cursor.next();
            sent = entry.key();
            if (!entry.deleted() && selects(entry)) {
                batch.add(hub.encoder().upsert(entry));
            }
        }
        batch.sendTo(sink);
        return new Snapshotting(pinned, at.first(), sent);
    }

    /** Sends the next batch of what changed. Returns how far it is now. */
    Lagging send(Lagging at, Pinned pinned) {
        ChangeBatch batch = new ChangeBatch(hub.limits());
        Entries.Cursor cursor = pinned.cursor();
        long after = at.after();
        for (int read = 0;
                cursor.hasNext() && !batch.full() && read < hub.limits().scanned();
                read++) {
            Entry entry = cursor.next();
            // a write may go on in the next view, so only what is before it is done with
            after = Math.max(after, entry.modRevision() - 1);
            if (selector.matchesKey(entry.key(), entry.kind())) {
                batch.add(
                        !entry.deleted() && selects(entry)
                                ? hub.encoder().upsert(entry)
                                : hub.encoder().removal(entry.key(), entry.modRevision(), !entry.deleted()));
            }
        }
        batch.sendTo(sink);
        return new Lagging(pinned, after);
    }

    private boolean selects(Entry entry) {
        return selector.matchesKey(entry.key(), entry.kind())
                && (selector.labels().isEmpty()
                        || selector.matchesLabels(hub.encoder().labels(entry)));
    }
}
