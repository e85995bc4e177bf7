package io.meshlog.events.fold;

/**
 * How much the fold takes. Part of what decides: every fold of one log runs with the same limits.
 *
 * @param maxChanges the most changes of one write; what needs more becomes a job (a transaction is refused)
 * @param maxKeyBytes longer keys are refused
 * @param maxValueBytes larger encoded values are refused
 * @param maxFrameResources frames with more are refused whole
 * @param maxResources the most resources one cluster may hold, where its admission does not say otherwise
 * @param maxOpaque the most of them that may be opaque
 * @param maxViolations the most violations kept for one cluster; refusals beyond are answered but not kept
 * @param maxMalformed the most violations kept for records that could not be read; the oldest make room
 * @param maxWriters the most writers of one cluster
 */
public record Limits(
        int maxChanges,
        int maxKeyBytes,
        int maxValueBytes,
        int maxFrameResources,
        int maxResources,
        int maxOpaque,
        int maxViolations,
        int maxMalformed,
        int maxWriters) {

    /** The smallest bound on changes with which every job still gets on: one key, its violation, the job's record. */
    public static final int LEAST_MAX_CHANGES = 3;

    public static final Limits DEFAULT = new Limits(4_096, 1_024, 512 * 1_024, 2_000, 1_000_000, 10_000, 1_000, 64, 64);

    public Limits {
        if (maxChanges < LEAST_MAX_CHANGES) {
            throw new IllegalArgumentException(
                    "maxChanges is %d, at least %d is needed".formatted(maxChanges, LEAST_MAX_CHANGES));
        }
    }

    public Limits withMaxChanges(int bound) {
        return new Limits(
                bound,
                maxKeyBytes,
                maxValueBytes,
                maxFrameResources,
                maxResources,
                maxOpaque,
                maxViolations,
                maxMalformed,
                maxWriters);
    }
}
