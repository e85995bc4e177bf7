package io.meshlog.meshapi.watch;

import java.time.Duration;

/**
 * The bounds of a hub.
 *
 * @param ringRevisions how many writes stay in memory; a watch further behind catches up from the store
 * @param ringBytes how many bytes of values they may hold, roughly
 * @param batchChanges the most changes of one message, but that a write is never split outside of catching up
 * @param batchBytes the most bytes of one message, but for the same
 * @param scanned how many entries of the store are read in one step, also where none of them is selected
 * @param watches the most watches at once; further ones are closed as TOO_MANY
 * @param pinned how long one view of the store is kept for a reader; a slower one goes on with a newer view
 * @param stalled how long a reader may take nothing before its watch is closed as STALLED
 * @param held how long a watch waits for a revision the replica has not reached before it is closed as BEHIND
 * @param bookmarkEvery how often a watch that is at the end is told so, where there was something since
 */
public record HubLimits(
        int ringRevisions,
        long ringBytes,
        int batchChanges,
        int batchBytes,
        int scanned,
        int watches,
        Duration pinned,
        Duration stalled,
        Duration held,
        Duration bookmarkEvery) {
    public static final HubLimits DEFAULT = new HubLimits(
            1 << 16,
            64L << 20,
            512,
            64 << 10,
            2_048,
            20_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));

    private static final int HEAP_PARTS = 8;

    /** The default, but that the ring takes at most an eighth of the heap: what lives long in it makes collections slow. */
    public static HubLimits forHeap(long maxHeapBytes) {
        return new HubLimits(
                DEFAULT.ringRevisions,
                Math.min(DEFAULT.ringBytes, maxHeapBytes / HEAP_PARTS),
                DEFAULT.batchChanges,
                DEFAULT.batchBytes,
                DEFAULT.scanned,
                DEFAULT.watches,
                DEFAULT.pinned,
                DEFAULT.stalled,
                DEFAULT.held,
                DEFAULT.bookmarkEvery);
    }

    public HubLimits {
        if (Integer.bitCount(ringRevisions) != 1) {
            throw new IllegalArgumentException("ringRevisions: %d is no power of two".formatted(ringRevisions));
        }
    }
}
