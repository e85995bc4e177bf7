package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.time.Duration;
import java.util.List;

/** The changelog topic. */
public final class KafkaChangelogSource implements ChangelogSource {
    private final ChangelogReader reader;

    public KafkaChangelogSource(KafkaConnection kafka, Topics topics) {
        this.reader = new ChangelogReader(kafka, topics);
    }

    @Override
    public void seek(long offset) {
        reader.seek(offset);
    }

    @Override
    public long beginning(Duration timeout) {
        return reader.beginning(timeout);
    }

    @Override
    public long stableEnd(Duration timeout) {
        return reader.stableEnd(timeout);
    }

    @Override
    public long position() {
        return reader.position();
    }

    @Override
    public List<ChangeRecord> poll(Duration timeout) {
        return reader.poll(timeout);
    }

    @Override
    public void wakeup() {
        reader.wakeup();
    }

    @Override
    public void close() {
        reader.close();
    }
}
