package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** A changelog in memory that can be away, thinned out and swapped. Safe on any thread. */
final class FakeChangelog {
    private List<ChangeRecord> records = List.of();
    private long end;
    private boolean away;
    private int mostPolled = Integer.MAX_VALUE;
    private Runnable onPoll = () -> {};

    /** What it holds from now on, each record as of the given time; as in a scripted fleet every fourth offset is a marker. */
    synchronized void hold(List<ChangeRecord> held, long timestampMs) {
        records = held.stream()
                .map(record -> new ChangeRecord(
                        record.offset(),
                        record.timestampMs() == 0 ? timestampMs : record.timestampMs(),
                        record.logId(),
                        record.key(),
                        record.change()))
                .toList();
        long next = records.isEmpty() ? 0 : records.getLast().offset() + 1;
        end = next % 4 == 3 ? next + 1 : next;
        notifyAll();
    }

    synchronized void beAway(boolean isAway) {
        away = isAway;
        notifyAll();
    }

    /** Called before each poll, which then gives at most so many records. */
    synchronized void beSlow(int most, Runnable before) {
        mostPolled = most;
        onPoll = before;
    }

    ChangelogSource open() {
        return new Source();
    }

    private final class Source implements ChangelogSource {
        private long position;
        private boolean woken;

        @Override
        public void seek(long offset) {
            position = offset;
        }

        @Override
        public long beginning(Duration timeout) {
            return 0;
        }

        @Override
        public long stableEnd(Duration timeout) {
            synchronized (FakeChangelog.this) {
                requireHere();
                return end;
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
        public List<ChangeRecord> poll(Duration timeout) {
            synchronized (FakeChangelog.this) {
                onPoll.run();
                if (!woken && (away || position >= end)) {
                    try {
                        FakeChangelog.this.wait(5);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
                if (woken) {
                    woken = false;
                    throw new WakeupException();
                }
                List<ChangeRecord> polled = new ArrayList<>();
                if (!away) {
                    records.stream()
                            .filter(record -> record.offset() >= position)
                            .limit(mostPolled)
                            .forEach(polled::add);
                    boolean all = polled.isEmpty() || polled.getLast().equals(records.getLast());
                    position = all ? end : polled.getLast().offset() + 1;
                }
                return polled;
            }
        }

        @Override
        public void wakeup() {
            synchronized (FakeChangelog.this) {
                woken = true;
                FakeChangelog.this.notifyAll();
            }
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
