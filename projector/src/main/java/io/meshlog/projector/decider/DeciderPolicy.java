package io.meshlog.projector.decider;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * When the decider says what.
 *
 * @param founding how to found the fleet where the log is empty; null to wait until somebody else does
 * @param stepPauseMs the least time between two steps of jobs, so that jobs leave room for what clusters say
 * @param digestRevisions a digest is asked for after that many revisions
 * @param digestPeriodMs or after that time, where the revision moved
 * @param horizonPeriodMs how often the horizon is looked at
 * @param keepDeletesMs how long deletes stay known
 * @param keepDeletes how many deletes stay known at most
 * @param keepVersionsMs how long past versions of resources are kept
 * @param checkpointPeriodMs a checkpoint is made after that time, where the revision moved
 */
public record DeciderPolicy(
        @Nullable Founding founding,
        long stepPauseMs,
        long digestRevisions,
        long digestPeriodMs,
        long horizonPeriodMs,
        long keepDeletesMs,
        long keepDeletes,
        long keepVersionsMs,
        long checkpointPeriodMs) {
    private static final long DAY_MS = 24 * 3_600_000L;

    /**
     * The fleet to found.
     *
     * @param logId random
     * @param maxConnectedClusters 255 or 511
     */
    public record Founding(String fleet, UUID logId, int maxConnectedClusters) {
        public Founding {
            if (maxConnectedClusters != 255 && maxConnectedClusters != 511) {
                throw new IllegalArgumentException("decider.maxConnectedClusters: is %d, Cilium knows 255 and 511"
                        .formatted(maxConnectedClusters));
            }
        }
    }

    public DeciderPolicy {
        requireAtLeast(0, "stepPauseMs", stepPauseMs);
        requireAtLeast(1, "digestRevisions", digestRevisions);
        requireAtLeast(1, "digestPeriodMs", digestPeriodMs);
        requireAtLeast(1, "horizonPeriodMs", horizonPeriodMs);
        requireAtLeast(1, "keepDeletesMs", keepDeletesMs);
        requireAtLeast(0, "keepDeletes", keepDeletes);
        requireAtLeast(1, "keepVersionsMs", keepVersionsMs);
        if (checkpointPeriodMs < 1_000) {
            throw new IllegalArgumentException(
                    "checkpoint.periodMs: is %d, at least 1000 is needed".formatted(checkpointPeriodMs));
        }
    }

    /** 5 ms between steps, digests every 10,000 revisions or minute, deletes for 24 h or a million, versions 10 min, checkpoints daily. */
    public static DeciderPolicy defaults(@Nullable Founding founding) {
        return new DeciderPolicy(founding, 5, 10_000, 60_000, 60_000, DAY_MS, 1_000_000, 600_000, DAY_MS);
    }

    private static void requireAtLeast(long least, String name, long value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "decider.%s: is %d, at least %d is needed".formatted(name, value, least));
        }
    }
}
