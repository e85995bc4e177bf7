package io.meshlog.meshapi.gateway;

/**
 * How much a gateway may have in the log undecided: one half for snapshots' frames and one for changes, so that neither
 * waits for the other. An event is let in while its half has room for the largest event of its sort, so that large ones
 * are not passed over for ever.
 *
 * <p>For the gateway's thread; the numbers may be read by any.
 */
final class Budget {
    private final int maxFrames;
    private final int maxChanges;
    private volatile int frames;
    private volatile int changes;

    Budget(GatewayLimits limits) {
        int half = limits.maxUndecidedWeight() / 2;
        this.maxFrames = half - limits.maxFrameResources();
        this.maxChanges = half - 1;
    }

    boolean admits(Declaration declaration) {
        return declaration.isFrame() ? frames <= maxFrames : changes <= maxChanges;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void take(Declaration declaration) {
        if (declaration.isFrame()) {
            frames += declaration.weight();
        } else {
            changes += declaration.weight();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void release(Declaration declaration) {
        if (declaration.isFrame()) {
            frames -= declaration.weight();
        } else {
            changes -= declaration.weight();
        }
    }

    /** What frames weigh that are sent and not decided. */
    int framesWeight() {
        return frames;
    }

    /** How many changes are sent and not decided. */
    int changesWeight() {
        return changes;
    }
}
