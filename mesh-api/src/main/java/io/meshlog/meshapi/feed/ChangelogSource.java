package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import java.time.Duration;
import java.util.List;

/** The changelog as the feed reads it; see {@link io.meshlog.events.log.ChangelogReader}. */
public interface ChangelogSource extends AutoCloseable {
    void seek(long offset);

    long beginning(Duration timeout);

    long stableEnd(Duration timeout);

    long position();

    List<ChangeRecord> poll(Duration timeout);

    void wakeup();

    @Override
    void close();
}
