package io.meshlog.meshapi.gateway;

import java.util.concurrent.atomic.LongAdder;

/** What a gateway has done since its start. Written on the gateway's thread, read on any. */
public final class GatewayMeter {
    private final LongAdder acked = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder appended = new LongAdder();
    private volatile int streams;
    private volatile int undecidedChanges;
    private volatile int undecidedFrameWeight;

    void countAcked(long events) {
        acked.add(events);
    }

    void countRefused(int resources) {
        refused.add(resources);
    }

    void countAppended() {
        appended.increment();
    }

    void now(int streamsNow, Budget budget) {
        streams = streamsNow;
        undecidedChanges = budget.changesWeight();
        undecidedFrameWeight = budget.framesWeight();
    }

    /** Events that publishers were told are decided. */
    public long acked() {
        return acked.sum();
    }

    /** Resources of publishers of this gateway that the fleet refused. */
    public long refused() {
        return refused.sum();
    }

    /** Events given to the log. */
    public long appended() {
        return appended.sum();
    }

    public int streams() {
        return streams;
    }

    /** Changes that are in the log and not decided. */
    public int undecidedChanges() {
        return undecidedChanges;
    }

    /** Resources in frames that are in the log and not decided. */
    public int undecidedFrameWeight() {
        return undecidedFrameWeight;
    }
}
