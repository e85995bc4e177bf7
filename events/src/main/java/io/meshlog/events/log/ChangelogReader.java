package io.meshlog.events.log;

import java.time.Duration;
import java.util.List;

/**
 * Reads what the fleet decided, committed transactions only, from an offset its owner chose.
 *
 * <p>"Caught up" is {@link #position()} having reached a {@link #stableEnd} that was asked for before: the last offset is
 * usually a transaction's marker, which no record ever has. For one thread, but for {@link #wakeup}.
 */
public final class ChangelogReader implements AutoCloseable {
    private final PartitionReader reader;
    private final ChangelogRecords records = new ChangelogRecords();

    public ChangelogReader(KafkaConnection kafka, Topics topics) {
        this.reader = new PartitionReader(kafka, topics.changelog(), true);
    }

    /** The next poll begins here. */
    public void seek(long offset) {
        reader.seek(offset);
    }

    /**
     * The offset of the oldest record there is. Blocks for at most the timeout.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if no broker answers
     */
    public long beginning(Duration timeout) {
        return reader.beginning(timeout);
    }

    /**
     * The offset before which everything is decided for good. Blocks for at most the timeout.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if no broker answers
     */
    public long stableEnd(Duration timeout) {
        return reader.end(timeout);
    }

    /** The offset up to which everything was polled. */
    public long position() {
        return reader.position();
    }

    /**
     * What came, at most the timeout later. A record that cannot be read is never passed over: what came before it is
     * given out first, and from then on every poll throws.
     *
     * @throws LogLostException if the offset that was next is not there any more
     * @throws io.meshlog.events.codec.UnknownSchemaException if a newer version wrote a record
     * @throws io.meshlog.events.codec.MalformedRecordException if a record is no change
     * @throws org.apache.kafka.common.errors.WakeupException after {@link #wakeup}
     */
    public List<ChangeRecord> poll(Duration timeout) {
        return reader.poll(timeout, records::read);
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
