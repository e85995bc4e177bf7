package io.meshlog.meshapi.feed;

import io.meshlog.events.log.EventRecord;
import java.time.Duration;
import java.util.List;

/** What was said, as the feed reads it; see {@link io.meshlog.events.log.EventLogReader}. */
public interface EventSource extends AutoCloseable {
    void seek(long offset);

    long beginning(Duration timeout);

    /** The offset the next event will have. */
    long end(Duration timeout);

    /** The offset up to which everything was polled. */
    long position();

    List<EventRecord> poll(Duration timeout);

    void wakeup();

    @Override
    void close();
}
