package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.WatchEnd.Reason;
import io.meshlog.meshapi.watch.WatchPhase.Closed;
import io.meshlog.meshapi.watch.WatchPhase.Following;
import io.meshlog.meshapi.watch.WatchPhase.Lagging;
import io.meshlog.meshapi.watch.WatchPhase.Opening;
import io.meshlog.meshapi.watch.WatchPhase.Pinned;
import io.meshlog.meshapi.watch.WatchPhase.Snapshotting;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One watch. Everything it does it does on its loop's thread, when it is woken: as much as its reader takes. What it keeps
 * between is a phase and a revision, never changes: a slow reader costs no memory.
 */
final class WatchCursor implements Watch {
    private final WatchSpec spec;
    private final WatchSink sink;
    private final HubView hub;
    private final WatchLoop loop;
    private volatile boolean cancelled;

    private WatchPhase phase;
    private @Nullable UUID logId;
    private @Nullable String resyncReason;
    /** The revision up to which everything was sent; -1 before the first completeness. */
    private long complete = -1;
    /** The revision of the last marker (synced or bookmark). */
    private long marked = -1;

    private long markedAtMs;
    private long readySinceMs;
    private boolean synced;

    WatchCursor(WatchSpec spec, WatchSink sink, HubView hub, WatchLoop loop) {
        this.spec = spec;
        this.sink = sink;
        this.hub = hub;
        this.loop = loop;
        this.readySinceMs = hub.nowMs();
        this.phase = new Opening(hub.nowMs() + hub.limits().held().toMillis());
    }

    @Override
    public void onReady() {
        loop.wake(this);
    }

    @Override
    public void cancel() {
        cancelled = true;
        loop.wake(this);
    }

    boolean isClosed() {
        return phase instanceof Closed;
    }

    /** Sends what the reader takes. Returns whether there is more to send at once. */
    boolean drive() {
        try {
            if (cancelled) {
                become(new Closed());
            }
            return step();
        } catch (RuntimeException fault) {
            hub.fault(fault);
            end(Reason.INTERNAL, "the replica failed: " + fault.getMessage());
            return false;
        }
    }

    private boolean step() {
        startOverIfLogChanged();
        if (!isClosed() && !sink.isReady()) {
            return false;
        }
        readySinceMs = hub.nowMs();
        return switch (phase) {
            case Opening opening -> open();
            case Snapshotting snapshotting -> sendSnapshot(snapshotting);
            case Lagging lagging -> sendChanged(lagging);
            case Following following -> sendWrites(following);
            case Closed closed -> false;
        };
    }

    /** The hub's clock moved: markers that are due, readers that are stuck. */
    void tick() {
        long now = hub.nowMs();
        if (phase instanceof Opening opening && now >= opening.deadlineMs()) {
            StorePosition position = hub.position();
            end(Reason.BEHIND, behind(position));
        } else if (phase instanceof Following following
                && sink.isReady()
                && complete > marked
                && following.next() > hub.ring().newest()
                && now - markedAtMs >= hub.limits().bookmarkEvery().toMillis()) {
            mark();
        } else if (!isClosed()
                && !(phase instanceof Opening)
                && !sink.isReady()
                && now - readySinceMs >= hub.limits().stalled().toMillis()) {
            end(Reason.STALLED, "the reader took nothing for " + hub.limits().stalled());
        }
    }

    private String behind(StorePosition position) {
        return spec.start() instanceof Start.AfterRevision after && after.revision() > position.revision()
                ? "behind by %d: the replica is at revision %d"
                        .formatted(after.revision() - position.revision(), position.revision())
                : spec.start() instanceof Start.AfterToken after
                                && after.token().revision() > position.revision()
                        ? "behind by %d: the replica is at revision %d"
                                .formatted(after.token().revision() - position.revision(), position.revision())
                        : "the replica is catching up with its log";
    }

    private void startOverIfLogChanged() {
        UUID now = hub.position().logId();
        if (logId != null && hub.servable() && !logId.equals(now) && !isClosed()) {
            startOver("the fleet's log was made anew");
        }
    }

    /** Everything sent so far may be wrong. */
    void startOver(String reason) {
        if (!isClosed() && !(phase instanceof Opening)) {
            resyncReason = reason;
            complete = -1;
            marked = -1;
            synced = false;
            become(new Opening(Long.MAX_VALUE));
        }
    }

    private boolean open() {
        if (!hub.servable()) {
            return false;
        }
        StorePosition position = hub.position();
        if (resyncReason == null) {
            Long after = resumeAfter(position);
            if (after != null) {
                return resume(position, after);
            }
        }
        if (resyncReason != null) {
            sink.resync(resyncReason);
            resyncReason = null;
        }
        ReplicaSnapshot snapshot = hub.snapshot();
        logId = snapshot.position().logId();
        become(new Snapshotting(pin(snapshot, null), snapshot.position().revision(), null));
        return true;
    }

    /** The revision to go on after; null for a snapshot, with a reason where one was not asked for. */
    private @Nullable Long resumeAfter(StorePosition position) {
        return switch (spec.start()) {
            case Start.FromSnapshot none -> null;
            case Start.AfterRevision after -> above(position, after.revision());
            case Start.AfterToken after -> {
                if (!after.token().logId().equals(position.logId())) {
                    resyncReason = "the resume token is of another log";
                    yield null;
                }
                yield above(position, after.token().revision());
            }
        };
    }

    private @Nullable Long above(StorePosition position, long after) {
        if (after < position.horizon()) {
            resyncReason = "revision %d is below the horizon %d: deletes up to there are forgotten"
                    .formatted(after, position.horizon());
            return null;
        }
        return after;
    }

    private boolean resume(StorePosition position, long after) {
        if (after > position.revision()) {
            return false;
        }
        logId = position.logId();
        if (after == position.revision() || hub.ring().get(after + 1) != null) {
            become(new Following(after + 1));
            complete = after;
        } else {
            ReplicaSnapshot snapshot = hub.snapshot();
            become(new Lagging(new Pinned(snapshot, snapshot.changedAfter(after), hub.nowMs()), after));
        }
        return true;
    }

    private Pinned pin(ReplicaSnapshot snapshot, @Nullable ResourceKey after) {
        return new Pinned(snapshot, snapshot.range(after, null), hub.nowMs());
    }

    private boolean expired(Pinned pinned) {
        return hub.nowMs() - pinned.sinceMs() >= hub.limits().pinned().toMillis();
    }

    private boolean sendSnapshot(Snapshotting at) {
        if (expired(at.pinned()) && hub.servable()) {
            ReplicaSnapshot fresh = hub.snapshot();
            become(new Snapshotting(pin(fresh, at.sent()), at.first(), at.sent()));
            return true;
        }
        Batch batch = new Batch();
        ResourceKey sent = at.sent();
        while (at.pinned().cursor().hasNext() && !batch.full()) {
            Entry entry = at.pinned().cursor().next();
            sent = entry.key();
            if (!entry.deleted() && selects(entry)) {
                batch.add(hub.encoder().upsert(entry));
            }
        }
        batch.send();
        if (at.pinned().cursor().hasNext()) {
            phase = new Snapshotting(at.pinned(), at.first(), sent);
            return true;
        }
        if (at.pinned().revision() == at.first()) {
            return reached(at.first());
        }
        return hub.servable() && lagAfter(at.first());
    }

    private boolean selects(Entry entry) {
        Selector selector = spec.selector();
        return selector.matchesKey(entry.key(), entry.kind())
                && (selector.labels().isEmpty()
                        || selector.matchesLabels(hub.encoder().labels(entry)));
    }

    private boolean sendChanged(Lagging at) {
        if (expired(at.pinned()) && hub.servable()) {
            return lagAfter(at.after());
        }
        Batch batch = new Batch();
        long after = at.after();
        while (at.pinned().cursor().hasNext() && !batch.full()) {
            Entry entry = at.pinned().cursor().next();
            // a write may go on in the next view, so only what is before it is done with
            after = Math.max(after, entry.modRevision() - 1);
            if (spec.selector().matchesKey(entry.key(), entry.kind())) {
                batch.add(
                        !entry.deleted() && selects(entry)
                                ? hub.encoder().upsert(entry)
                                : hub.encoder().removal(entry.key(), entry.modRevision(), !entry.deleted()));
            }
        }
        batch.send();
        if (at.pinned().cursor().hasNext()) {
            phase = new Lagging(at.pinned(), after);
            return true;
        }
        return reached(at.pinned().revision());
    }

    private boolean lagAfter(long after) {
        if (after < hub.position().horizon()) {
            startOver("the reader fell behind the horizon");
            return true;
        }
        ReplicaSnapshot snapshot = hub.snapshot();
        become(new Lagging(new Pinned(snapshot, snapshot.changedAfter(after), hub.nowMs()), after));
        return true;
    }

    /** What was sent is the state at this revision. */
    private boolean reached(long revision) {
        complete = revision;
        become(new Following(revision + 1));
        mark();
        return true;
    }

    private void mark() {
        ResumeToken token = new ResumeToken(Objects.requireNonNull(logId), complete);
        if (synced) {
            sink.bookmark(token);
        } else {
            synced = true;
            sink.synced(token);
        }
        marked = complete;
        markedAtMs = hub.nowMs();
    }

    private boolean sendWrites(Following at) {
        long next = at.next();
        long newest = hub.ring().newest();
        Batch batch = new Batch();
        while (next <= newest && !batch.full()) {
            List<RingChange> write = hub.ring().get(next);
            if (write == null) {
                batch.send();
                complete = next - 1;
                phase = new Following(next);
                return hub.servable() && lagAfter(next - 1);
            }
            for (RingChange change : write) {
                byte[] seen = change.seenBy(spec.selector());
                if (seen != null) {
                    batch.add(seen);
                }
            }
            next++;
        }
        batch.send();
        complete = next - 1;
        phase = new Following(next);
        if (!synced && next > newest) {
            mark();
        }
        return next <= newest;
    }

    /** The hub closes the watch. */
    void end(Reason reason, String message) {
        if (!isClosed()) {
            ResumeToken resume = complete >= 0 && logId != null ? new ResumeToken(logId, complete) : null;
            become(new Closed());
            sink.closed(new WatchEnd(reason, message, resume));
        }
    }

    private void become(WatchPhase next) {
        switch (phase) {
            case Snapshotting was -> was.pinned().release();
            case Lagging was -> was.pinned().release();
            case Opening was -> {}
            case Following was -> {}
            case Closed was -> {}
        }
        phase = next;
    }

    /** What goes out in one message. */
    private final class Batch {
        private final List<byte[]> changes = new ArrayList<>();
        private int bytes;

        void add(byte[] change) {
            changes.add(change);
            bytes += change.length;
        }

        boolean full() {
            return changes.size() >= hub.limits().batchChanges()
                    || bytes >= hub.limits().batchBytes();
        }

        void send() {
            if (!changes.isEmpty()) {
                sink.send(changes);
            }
        }
    }
}
