package io.meshlog.projector.decider;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries between one decider, which knows when a checkpoint is due, and the office, which makes it elsewhere. What the
 * office answers waits here until the decider's thread comes by; it answers one look and one making at a time. For one
 * thread, the decider's.
 */
final class CheckpointDesk {
    /** Between looks at the checkpoints, at which also what is no longer kept is removed. */
    private static final long LOOK_MS = 600_000;

    /** After a look that failed. */
    private static final long LOOK_AGAIN_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointDesk.class);

    private final CheckpointOffice office;
    private final CheckpointPlan plan;
    private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
    private long lookAtMs = Long.MIN_VALUE;

    CheckpointDesk(CheckpointOffice office, CheckpointPlan plan) {
        this.office = office;
        this.plan = plan;
    }

    /** Hears what the office has done, and asks for what is due. Does not block. */
    void attend(long nowMs) {
        for (@Nullable Runnable heard = news.poll(); heard != null; heard = news.poll()) {
            heard.run();
        }
        if (nowMs >= lookAtMs) {
            lookAtMs = nowMs + LOOK_MS;
            look(nowMs);
        }
        CheckpointOffice.Anchor anchor = plan.take();
        if (anchor != null) {
            make(anchor, nowMs);
        }
    }

    private void look(long nowMs) {
        var unused = office.look()
                .whenComplete((found, failed) -> news.add(() -> {
                    if (failed == null) {
                        plan.onLooked(found);
                    } else {
                        LOG.warn("the checkpoints cannot be looked at: {}", failed.toString());
                        lookAtMs = nowMs + LOOK_AGAIN_MS;
                    }
                }));
    }

    private void make(CheckpointOffice.Anchor anchor, long nowMs) {
        var unused = office.make(anchor)
                .whenComplete((made, failed) -> news.add(() -> {
                    if (failed == null) {
                        plan.onMade(made);
                    } else {
                        LOG.warn("no checkpoint at revision {}: {}", anchor.revision(), failed.toString());
                        plan.onFailed(nowMs);
                    }
                }));
    }
}
