package io.meshlog.meshapi.etcd.watch;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * What watches of one interest that stand at one revision are sent next: events as they stand in a {@code WatchResponse},
 * put together once and shared by all of them. Nobody writes to it any more.
 */
final class EventBatch {
    /** A batch ends when it has about so many bytes; a revision is never split for that. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final int BATCH_EVENTS = 1_000;

    private final byte[] bytes;
    private final int[] ends;
    private final long upTo;
    private final boolean full;

    private EventBatch(byte[] bytes, int[] ends, long upTo, boolean full) {
        this.bytes = bytes;
        this.ends = ends;
        this.upTo = upTo;
        this.full = full;
    }

    /** The events' fields one after another. */
    byte[] bytes() {
        return bytes;
    }

    /** Where each of them ends. */
    int[] ends() {
        return ends;
    }

    /** Everything up to this revision is in it, or was given before. */
    long upTo() {
        return upTo;
    }

    /** Whether it ended because it was big enough, and not because there was no more. */
    boolean full() {
        return full;
    }

    boolean isEmpty() {
        return ends.length == 0;
    }

    /** Takes events in the order of their revisions. */
    static final class Builder {
        private final Interest interest;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        private int[] ends = new int[8];
        private int events;

        Builder(Interest interest) {
            this.interest = interest;
        }

        /** Adds what of a revision's events is wanted. */
        void add(Iterable<ViewEvent> ofRevision) {
            for (ViewEvent event : ofRevision) {
                if (interest.wants(event)) {
                    bytes.writeBytes(event.field(interest.previous()));
                    if (events == ends.length) {
                        ends = Arrays.copyOf(ends, 2 * events);
                    }
                    ends[events++] = bytes.size();
                }
            }
        }

        boolean isFull() {
            return bytes.size() >= BATCH_BYTES || events >= BATCH_EVENTS;
        }

        EventBatch build(long upTo, boolean full) {
            return new EventBatch(bytes.toByteArray(), Arrays.copyOf(ends, events), upTo, full);
        }
    }
}
