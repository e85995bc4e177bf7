package io.meshlog.meshapi.feed;

import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.log.EventRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** An events topic in memory that can be away, and hold what this version cannot read. Safe on any thread. */
final class FakeEvents {
    private List<EventRecord> records = List.of();
    private long beginning;
    private long unreadable = Long.MAX_VALUE;
    private boolean away;
    private int mostPolled = Integer.MAX_VALUE;

    synchronized void hold(List<EventRecord> held) {
        records = List.copyOf(held);
        notifyAll();
    }

    synchronized void beAway(boolean isAway) {
        away = isAway;
        notifyAll();
    }

    /** Each poll gives at most so many. */
    synchronized void beSlow(int most) {
        mostPolled = most;
    }

    /** Older events are gone. */
    synchronized void beginAt(long offset) {
        beginning = offset;
    }

    /** A newer version wrote the event at this offset. */
    synchronized void beUnreadableAt(long offset) {
        unreadable = offset;
    }

    EventSource open() {
        return new Source();
    }

    private final class Source implements EventSource {
        private long position;
        private boolean woken;

        @Override
        public void seek(long offset) {
            position = offset;
        }

        @Override
        public long beginning(Duration timeout) {
            synchronized (FakeEvents.this) {
                requireHere();
                return beginning;
            }
        }

        @Override
        public long end(Duration timeout) {
            synchronized (FakeEvents.this) {
                requireHere();
                return records.size();
            }
        }

        private void requireHere() {
            if (woken) {
                woken = false;
                throw new WakeupException();
            }
            if (away) {
                throw new TimeoutException("no broker answers");
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public List<EventRecord> poll(Duration timeout) {
            synchronized (FakeEvents.this) {
                if (!woken && (away || position >= records.size())) {
                    try {
                        FakeEvents.this.wait(5);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
                if (woken) {
                    woken = false;
                    throw new WakeupException();
                }
                List<EventRecord> polled = new ArrayList<>();
                while (!away && position < records.size() && polled.size() < mostPolled) {
                    if (position == unreadable) {
                        if (polled.isEmpty()) {
                            throw new UnknownSchemaException("MeshEvent", 7);
                        }
                        return polled;
                    }
                    polled.add(records.get((int) position++));
                }
                return polled;
            }
        }

        @Override
        public void wakeup() {
            synchronized (FakeEvents.this) {
                woken = true;
                FakeEvents.this.notifyAll();
            }
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
