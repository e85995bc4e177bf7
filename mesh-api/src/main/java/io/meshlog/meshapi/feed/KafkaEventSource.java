package io.meshlog.meshapi.feed;

import io.meshlog.events.log.EventLogReader;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import java.time.Duration;
import java.util.List;

/** The events topic. */
public final class KafkaEventSource implements EventSource {
    private final EventLogReader reader;

    public KafkaEventSource(KafkaConnection kafka, Topics topics) {
        this.reader = new EventLogReader(kafka, topics);
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
    public long end(Duration timeout) {
        return reader.end(timeout);
    }

    @Override
    public long position() {
        return reader.position();
    }

    @Override
    public List<EventRecord> poll(Duration timeout) {
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
