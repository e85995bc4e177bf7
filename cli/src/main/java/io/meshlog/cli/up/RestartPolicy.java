package io.meshlog.cli.up;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * When a part that ended by itself is started again: at once the first time, then after pauses that double up to {@link
 * #LONGEST_PAUSE}; after {@value #MOST_RESTARTS} restarts within {@link #WINDOW} it is given up, so that a part which
 * cannot live does not hide behind its restarts; sooner where it never did its work. For one thread.
 */
final class RestartPolicy {
    /** So many restarts within the window are made. */
    static final int MOST_RESTARTS = 10;

    /** So many are made of a part that never did its work: then it is set up wrongly, not unlucky. */
    static final int MOST_FIRST_STARTS = 2;

    static final Duration WINDOW = Duration.ofMinutes(5);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private final Deque<Long> restartsMs = new ArrayDeque<>();

    /**
     * How long to wait before the next start, null where there is to be none.
     *
     * @param everReady whether the part ever did its work
     */
    @Nullable
    Duration afterExit(long nowMs, boolean everReady) {
        while (!restartsMs.isEmpty() && restartsMs.peekFirst() <= nowMs - WINDOW.toMillis()) {
            restartsMs.removeFirst();
        }
        if (restartsMs.size() >= (everReady ? MOST_RESTARTS : MOST_FIRST_STARTS)) {
            return null;
        }
        Duration pause = restartsMs.isEmpty()
                ? Duration.ZERO
                : FIRST_PAUSE.multipliedBy(1L << Math.min(restartsMs.size() - 1, 10));
        restartsMs.addLast(nowMs);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
