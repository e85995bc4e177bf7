package io.meshlog.events.log;

import io.meshlog.events.codec.EventCodec;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what was said, from an offset its owner chose. For one thread, but for {@link #wakeup}. */
public final class EventLogReader implements AutoCloseable {
    private final PartitionReader reader;
    private final EventCodec codec = new EventCodec();

    public EventLogReader(KafkaConnection kafka, Topics topics) {
        this.reader = new PartitionReader(kafka, topics.events(), false);
    }

    /** The next poll begins here. */
    public void seek(long offset) {
        reader.seek(offset);
    }

    /** The offset of the oldest record there is. Blocks for at most the timeout. */
    public long beginning(Duration timeout) {
        return reader.beginning(timeout);
    }

    /** The offset the next event will have. Blocks for at most the timeout. */
    public long end(Duration timeout) {
        return reader.end(timeout);
    }

    /** The offset up to which everything was polled. */
    public long position() {
        return reader.position();
    }

    /**
     * What came, at most the timeout later; records that are malformed for everyone come as such. A record of a newer
     * version is never passed over: what came before it is given out first, and from then on every poll throws.
     *
     * @throws LogLostException if the offset that was next is not there any more
     * @throws io.meshlog.events.codec.UnknownSchemaException if a newer version wrote a record
     * @throws io.meshlog.events.codec.UnknownOpException if a newer version wrote a record
     */
    public List<EventRecord> poll(Duration timeout) {
        return reader.poll(timeout, this::read);
    }

    private EventRecord read(ConsumerRecord<byte[], byte[]> record) {
        return new EventRecord(
                record.offset(),
                record.timestamp(),
                EventRecord.read(codec, record.offset(), record.headers(), record.value()));
    }

    /** Ends a poll at once. Any thread may. */
    public void wakeup() {
        reader.wakeup();
    }

    @Override
    public void close() {
        reader.close();
    }
}
