package io.meshlog.projector.streams;

import java.util.concurrent.atomic.LongAdder;

/**
 * How far this instance's fold has come since it started. Written by the Streams thread, read by any; the numbers are
 * each right, not taken together.
 */
public final class FoldProgress {
    private volatile long lastEventOffset = -1;
    private volatile long revision;
    private final LongAdder events = new LongAdder();
    private final LongAdder changes = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    /** The task became this instance's, with everything decided before. */
    void onAssigned(long lastDecidedOffset, long atRevision) {
        lastEventOffset = lastDecidedOffset;
        revision = atRevision;
    }

    void onDecided(long eventOffset, long atRevision, int changed) {
        lastEventOffset = eventOffset;
        revision = atRevision;
        events.increment();
        changes.add(changed);
    }

    void onMalformed() {
        malformed.increment();
    }

    void onSkipped() {
        skipped.increment();
    }

    /** -1 while this instance has decided nothing and never was the active one. */
    public long lastEventOffset() {
        return lastEventOffset;
    }

    public long revision() {
        return revision;
    }

    public long events() {
        return events.sum();
    }

    public long changes() {
        return changes.sum();
    }

    public long malformed() {
        return malformed.sum();
    }

    public long skipped() {
        return skipped.sum();
    }
}
