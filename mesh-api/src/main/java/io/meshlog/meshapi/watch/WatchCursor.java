package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.WatchEnd.Reason;
import io.meshlog.meshapi.watch.WatchPhase.Closed;
import io.meshlog.meshapi.watch.WatchPhase.Following;
import io.meshlog.meshapi.watch.WatchPhase.Lagging;
import io.meshlog.meshapi.watch.WatchPhase.Opening;
import io.meshlog.meshapi.watch.WatchPhase.Pinned;
import io.meshlog.meshapi.watch.WatchPhase.Snapshotting;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One watch. What it does it does when it is driven, by one thread at a time: as much as its reader takes. What it keeps
 * between is a phase and a revision, never changes: a slow reader costs no memory.
 */
final class WatchCursor implements Watch {
    private static final long NEVER = -1;

    private final WatchSpec spec;
    private final WatchSink sink;
    private final HubView hub;
    private final WatchLoop loop;
    private final StoreReading store;
    private volatile boolean cancelled;

    private WatchPhase phase;
    /** Of what was sent; null before anything was. */
    private @Nullable UUID logId;
    /** Why the reader has to begin anew, until it is told so. */
    private @Nullable String resyncReason;
    /** The revision up to which everything was sent; -1 before the first completeness. */
    private long complete = NEVER;
    /** The revision of the last marker (synced or bookmark); -1 before the first one. */
    private long marked = NEVER;

    private long markedAtMs;
    private long readySinceMs;

    WatchCursor(WatchSpec spec, WatchSink sink, HubView hub, WatchLoop loop) {
        this.spec = spec;
        this.sink = sink;
        this.hub = hub;
        this.loop = loop;
        this.store = new StoreReading(spec.selector(), sink, hub);
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

    /** Whether the next step reads the store, and is not for a thread that others wait for. */
    boolean wantsStore() {
        boolean reads = switch (phase) {
            case Snapshotting snapshotting -> true;
            case Lagging lagging -> true;
            case Opening opening -> false;
            case Following following -> false;
            case Closed closed -> false;
        };
        return reads && !cancelled && sink.isReady();
    }

    /** Does one step. Returns whether there is more to do at once. */
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
        if (isClosed() || !sink.isReady()) {
            return false;
        }
        readySinceMs = hub.nowMs();
        StorePosition position = hub.position();
        if (position != null && logId != null && !logId.equals(position.logId())) {
            startOver("the fleet's log was made anew");
        }
        return switch (phase) {
            case Opening opening -> position != null && open(position);
            case Snapshotting snapshotting -> sendSnapshot(snapshotting);
            case Lagging lagging -> sendChanged(lagging);
            case Following following -> sendWrites(following);
            case Closed closed -> false;
        };
    }

    /** The hub's clock moved: markers that are due, readers that are stuck. */
    void tick() {
        if (cancelled) {
            return;
        }
        try {
            lookAtClock(hub.nowMs());
        } catch (RuntimeException fault) {
            hub.fault(fault);
            end(Reason.INTERNAL, "the replica failed: " + fault.getMessage());
        }
    }

    private void lookAtClock(long now) {
        switch (phase) {
            case Opening opening -> {
                if (now >= opening.deadlineMs()) {
                    end(Reason.BEHIND, behind());
                }
            }
            case Following following -> {
                // the first marker says that nothing is missing any more: it waits for that
                if (marked != NEVER
                        && complete > marked
                        && now - markedAtMs >= hub.limits().bookmarkEvery().toMillis()
                        && sink.isReady()) {
                    mark();
                }
                endIfStalled(now);
            }
            case Snapshotting snapshotting -> endIfStalled(now);
            case Lagging lagging -> endIfStalled(now);
            case Closed closed -> {}
        }
    }

    private void endIfStalled(long now) {
        if (now - readySinceMs >= hub.limits().stalled().toMillis() && !sink.isReady()) {
            end(Reason.STALLED, "the reader took nothing for " + hub.limits().stalled());
        }
    }

    private String behind() {
        StorePosition position = hub.position();
        return position != null && Resumption.of(spec.start(), position) instanceof Resumption.Held held
                ? "behind by %d: the replica is at revision %d".formatted(held.behind(), position.revision())
                : "the replica is catching up with its log";
    }

    /** Everything sent so far may be wrong. */
    void startOver(String reason) {
        if (!isClosed() && !(phase instanceof Opening)) {
            resyncReason = reason;
            logId = null;
            complete = NEVER;
            marked = NEVER;
            become(new Opening(Long.MAX_VALUE));
        }
    }

    private boolean open(StorePosition position) {
        String reason = resyncReason;
        return switch (reason == null ? Resumption.of(spec.start(), position) : new Resumption.Resync(reason)) {
            case Resumption.Snapshot() -> snapshot();
            case Resumption.Resync(String why) -> {
                sink.resync(why);
                resyncReason = null;
                yield snapshot();
            }
            case Resumption.After(long revision) -> resume(position, revision);
            case Resumption.Held held -> false;
        };
    }

    private boolean snapshot() {
        become(new Snapshotting(null, NEVER, null));
        return true;
    }

    private boolean resume(StorePosition position, long after) {
        logId = position.logId();
        complete = after;
        boolean inRing = after == position.revision() || hub.ring().get(after + 1) != null;
        become(inRing ? new Following(after + 1) : new Lagging(null, after));
        return true;
    }

    private boolean sendSnapshot(Snapshotting at) {
        Pinned pinned = at.pinned();
        if (pinned == null || store.expired(pinned)) {
            Pinned fresh = store.pinRange(at.sent());
            if (fresh != null) {
                long first = at.first() == NEVER ? fresh.revision() : at.first();
                logId = logId == null ? fresh.logId() : logId;
                become(new Snapshotting(fresh, first, at.sent()));
            }
            return fresh != null;
        }
        Snapshotting now = store.send(at, pinned);
        phase = now;
        if (pinned.cursor().hasNext()) {
            return true;
        }
        if (pinned.revision() == now.first()) {
            return reached(now.first());
        }
        become(new Lagging(null, now.first()));
        return true;
    }

    private boolean sendChanged(Lagging at) {
        Pinned pinned = at.pinned();
        if (pinned == null || store.expired(pinned)) {
            return pinChanged(at.after());
        }
        phase = store.send(at, pinned);
        return pinned.cursor().hasNext() || reached(pinned.revision());
    }

    private boolean pinChanged(long after) {
        Pinned fresh = store.pinChanged(after);
        if (fresh == null) {
            return false;
        }
        if (after < fresh.snapshot().position().horizon()) {
            fresh.release();
            startOver("the reader fell behind the horizon");
        } else {
            become(new Lagging(fresh, after));
        }
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
        boolean first = marked == NEVER;
        marked = complete;
        markedAtMs = hub.nowMs();
        if (first) {
            sink.synced(token);
        } else {
            sink.bookmark(token);
        }
    }

    private boolean sendWrites(Following at) {
        long next = at.next();
        long newest = hub.ring().newest();
        ChangeBatch batch = new ChangeBatch(hub.limits());
        boolean inRing = true;
        while (next <= newest && inRing && !batch.full()) {
            List<RingChange> write = hub.ring().get(next);
            inRing = write != null;
            if (write != null) {
                for (RingChange change : write) {
                    byte[] seen = change.seenBy(spec.selector());
                    if (seen != null) {
                        batch.add(seen);
                    }
                }
                next++;
            }
        }
        batch.sendTo(sink);
        complete = next - 1;
        phase = inRing ? new Following(next) : new Lagging(null, complete);
        if (inRing && marked == NEVER && next > newest) {
            mark();
        }
        return !inRing || next <= newest;
    }

    /** The hub closes the watch. */
    void end(Reason reason, String message) {
        if (!isClosed()) {
            ResumeToken resume = complete >= 0 && logId != null ? new ResumeToken(logId, complete) : null;
            become(new Closed());
            if (cancelled) {
                return;
            }
            try {
                sink.closed(new WatchEnd(reason, message, resume));
            } catch (RuntimeException fault) {
                hub.fault(fault);
            }
        }
    }

    private void become(WatchPhase next) {
        Pinned held = switch (phase) {
            case Snapshotting was -> was.pinned();
            case Lagging was -> was.pinned();
            case Opening was -> null;
            case Following was -> null;
            case Closed was -> null;
        };
        phase = next;
        if (held != null) {
            held.release();
        }
    }
}
