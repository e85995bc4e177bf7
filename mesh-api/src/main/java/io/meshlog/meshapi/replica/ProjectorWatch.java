package io.meshlog.meshapi.replica;

import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.meshapi.feed.AppliedBatch;
import io.meshlog.meshapi.feed.FeedListener;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.ReplicaStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Infers whether a projector is at work: the brokers know of none, or events stay undecided while the log answers. Nothing
 * is asked of the projector itself, which answers no one.
 *
 * <p>Told of applied batches on the feed's thread, and of what the brokers say by whoever asks them; read on any.
 */
public final class ProjectorWatch implements FeedListener {
    /** How long events may be undecided before the projector counts as away, in milliseconds. */
    public static final long PATIENCE_MS = 5_000;

    private static final String NAME = "projector";
    private static final char AFTER_SLASH = '/' + 1;

    private final BooleanSupplier decidesHere;
    private final AtomicLong decidedOffset = new AtomicLong(-1);
    private long lastSeenOffset = -1;
    private long stuckSinceMs = -1;
    private volatile long undecided;
    private volatile Component component = Component.wrong(NAME, "not known yet");

    /** @param decidesHere whether what is applied was decided by the replica itself, which says nothing of a projector */
    public ProjectorWatch(BooleanSupplier decidesHere) {
        this.decidesHere = decidesHere;
    }

    /** Begins from what the store holds. Reads all sessions; at start. */
    public void readFrom(ReplicaStore store) {
        try (ReplicaSnapshot snapshot = store.snapshot()) {
            for (String prefix : store.counts().keySet()) {
                String sessions = "%s/%s/".formatted(prefix, Kind.SESSION.plural());
                ResourceKey end = new ResourceKey(sessions.substring(0, sessions.length() - 1) + AFTER_SLASH);
                try (Entries.Cursor all = snapshot.range(new ResourceKey(sessions), end)) {
                    all.forEachRemaining(entry -> decided(entry.eventOffset()));
                }
            }
        }
    }

    /** Also what is not applied tells: where events are decided here, the changelog is only compared with. */
    public void onWitnessed(long eventOffset) {
        decided(eventOffset);
    }

    @Override
    public void onApplied(AppliedBatch batch) {
        if (decidesHere.getAsBoolean()) {
            return;
        }
        for (Session trace : batch.traces()) {
            decided(trace.eventOffset());
        }
        for (AppliedWrite write : batch.writes()) {
            for (AppliedWrite.Change change : write.changes()) {
                Entry after = change.after();
                decided(after.eventOffset());
            }
        }
    }

    private void decided(long eventOffset) {
        decidedOffset.accumulateAndGet(eventOffset, Math::max);
    }

    @Override
    public void onSynced(long revision, boolean rebuilt) {
        // offsets only grow
    }

    @Override
    public void onCatchingUp() {
        // offsets only grow
    }

    @Override
    public void onState(FeedState state) {
        // the log's end is asked for elsewhere
    }

    /**
     * What the brokers say. One thread.
     *
     * @param end the offset the next event will have
     * @param instances how many projectors they know of
     */
    public void onLooked(long end, int instances, long nowMs) {
        long decided = decidedOffset.get();
        long open = Math.max(0, end - 1 - decided);
        undecided = open;
        if (open == 0 || decided != lastSeenOffset || stuckSinceMs < 0) {
            stuckSinceMs = nowMs;
        }
        lastSeenOffset = decided;
        component = judge(open, instances, nowMs - stuckSinceMs);
    }

    private static Component judge(long open, int instances, long stuckMs) {
        if (instances == 0) {
            return Component.wrong(NAME, "none is running, so nothing is decided; %d events wait".formatted(open));
        }
        if (open > 0 && stuckMs >= PATIENCE_MS) {
            return Component.wrong(
                    NAME,
                    "%d is in its group, %d events are undecided, none was decided for %d ms"
                            .formatted(instances, open, stuckMs));
        }
        return Component.ok(NAME);
    }

    /** Nothing can be said while the log does not answer. */
    public void onNoAnswer() {
        component = Component.wrong(NAME, "not known: kafka does not answer");
    }

    public Component component() {
        return component;
    }

    /** Events in the log that are not decided as far as this replica knows. */
    public long undecidedEvents() {
        return undecided;
    }

    /** The offset of the newest decided event this replica knows of; -1 for none. */
    public long decidedOffset() {
        return decidedOffset.get();
    }
}
