package io.meshlog.events.log;

import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.wire.CarriedIds;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.WireHeaders;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Looks for schema ids in the last {@value #LOOKED_BACK} offsets of a topic. For any thread; blocks for at most the
 * timeout, and then, or where the brokers do not answer, has found what it has found.
 */
public final class NewestRecordIds implements CarriedIds {
    private static final long LOOKED_BACK = 1_000;

    private final KafkaConnection kafka;
    private final Duration timeout;

    public NewestRecordIds(KafkaConnection kafka, Duration timeout) {
        this.kafka = kafka;
        this.timeout = timeout;
    }

    @Override
    public OptionalInt newest(String topic, long fingerprint) {
        long deadline = System.nanoTime() + timeout.toNanos();
        OptionalInt newest = OptionalInt.empty();
        try (PartitionReader reader = new PartitionReader(kafka, topic, true)) {
            long end = reader.end(timeout);
            reader.seek(Math.max(reader.beginning(timeout), end - LOOKED_BACK));
            while (reader.position() < end && System.nanoTime() < deadline) {
                for (OptionalInt id : reader.poll(Duration.ofMillis(100), record -> id(record, fingerprint))) {
                    newest = id.isPresent() ? id : newest;
                }
            }
        } catch (KafkaException | LogLostException away) {
            return newest;
        }
        return newest;
    }

    private static OptionalInt id(ConsumerRecord<byte[], byte[]> record, long fingerprint) {
        Long written = WireHeaders.fingerprint(record.headers());
        if (written == null || written != fingerprint || record.value() == null) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(ConfluentWire.schemaId(record.value()));
        } catch (MalformedRecordException unframed) {
            return OptionalInt.empty();
        }
    }
}
