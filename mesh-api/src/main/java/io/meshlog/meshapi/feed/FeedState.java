package io.meshlog.meshapi.feed;

/**
 * How the feed stands to the log.
 *
 * <pre>
 * Bootstrapping --> Following <--> Lagging      write by write from Following on
 *       ^               ^             ^
 *       |               +------+------+
 *       |                      | short absence
 *       +--- long absence --- Disconnected <--- Kafka does not answer, from any
 *       |
 *       +--- store emptied -- Diverged <------- the store is not what the log says, from any
 *                                |
 *                                +--> Stopped < a fault or a hole, from any
 * </pre>
 */
public sealed interface FeedState {
    /** Whether the store is complete up to a recent revision. */
    default boolean synced() {
        return false;
    }

    /** In one word, for status and metrics. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** What is the matter, for people; empty where nothing is. */
    default String condition() {
        return "";
    }

    /**
     * Reading towards an end that was asked for, over what compaction may have thinned out.
     *
     * @param position the offset reached
     * @param end the offset to reach
     */
    record Bootstrapping(long position, long end) implements FeedState {
        @Override
        public String condition() {
            return "catching up: at %d of %d in the changelog".formatted(position, end);
        }
    }

    /** At the log's end, or within seconds of it. */
    record Following(long revision) implements FeedState {
        @Override
        public boolean synced() {
            return true;
        }
    }

    /** Behind, but every write comes: what is served is right, and old. */
    record Lagging(long behind) implements FeedState {
        @Override
        public String condition() {
            return "behind the changelog by %d records".formatted(behind);
        }
    }

    /** The log does not answer; what is held is served, and gets older. */
    record Disconnected(String why) implements FeedState {
        @Override
        public String condition() {
            return "kafka does not answer: " + why;
        }
    }

    /** The store is not what the log says; it is being thrown away and built anew. */
    record Diverged(String why) implements FeedState {
        @Override
        public String condition() {
            return "out of service, rebuilding: " + why;
        }
    }

    /** Nothing more is read, and the replica is out of service; an operator has to look. */
    record Stopped(String why) implements FeedState {
        @Override
        public String condition() {
            return "stopped: " + why;
        }
    }
}
