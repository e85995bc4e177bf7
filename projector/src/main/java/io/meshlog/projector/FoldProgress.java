package io.meshlog.projector;

import java.util.concurrent.atomic.LongAdder;

/**
 * How far this instance's fold has come since it started. Written by the Streams thread, read by any; the numbers are
 * each right, not taken together.
 */
final class FoldProgress {
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
    long lastEventOffset() {
        return lastEventOffset;
    }

    long revision() {
        return revision;
    }

    long events() {
        return events.sum();
    }

    long changes() {
        return changes.sum();
    }

    long malformed() {
        return malformed.sum();
    }

    long skipped() {
        return skipped.sum();
    }
}
