package io.meshlog.projector.checkpoint;

/**
 * What is kept.
 *
 * @param keep how many checkpoints, the newest
 * @param eventsKeepMs how long events are kept at least; those above the oldest kept checkpoint are kept in any case
 */
public record CheckpointPolicy(int keep, long eventsKeepMs) {
    /** Three checkpoints, events for 90 days. */
    public static final CheckpointPolicy DEFAULT = new CheckpointPolicy(3, 90 * 24 * 3_600_000L);

    private static final int MOST = 100;

    public CheckpointPolicy {
        if (keep < 1 || keep > MOST) {
            throw new IllegalArgumentException("checkpoint.keep: is %d, not in 1 to %d".formatted(keep, MOST));
        }
        if (eventsKeepMs < 0) {
            throw new IllegalArgumentException("events.keepMs: is %d, at least 0 is needed".formatted(eventsKeepMs));
        }
    }
}
