package io.meshlog.events.log;

import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.WireHeaders;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Changes as records of the changelog topic, both ways. Safe on any thread. */
public final class ChangelogRecords {
    private final ChangeCodec codec = new ChangeCodec();

    public byte[] key(ResourceKey key) {
        return key.toBytes();
    }

    /** @param ids of the changelog's schemas in the registry */
    public byte[] value(ReleaseIds ids, FleetChange change) {
        return ConfluentWire.frame(ids.of(codec.fingerprint(change)), codec.encode(change));
    }

    /** The headers of a change. */
    public Headers headers(UUID logId, FleetChange change) {
        return headers(logId).add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(codec.fingerprint(change)));
    }

    /** The headers of a tombstone. */
    public Headers headers(UUID logId) {
        return new RecordHeaders().add(WireHeaders.LOG_ID, WireHeaders.ofLogId(logId));
    }

    /**
     * A change as a record.
     *
     * @param ids of the changelog's schemas in the registry
     */
    public ProducerRecord<byte[], byte[]> record(Topics topics, ReleaseIds ids, UUID logId, FleetChange change) {
        return new ProducerRecord<>(
                topics.changelog(),
                Topics.PARTITION,
                null,
                key(change.key()),
                value(ids, change),
                headers(logId, change));
    }

    /**
     * @throws io.meshlog.events.codec.UnknownSchemaException if a newer version wrote it
     * @throws MalformedRecordException if it is no change: the changelog is the projector's alone, so whoever reads stops
     */
    public ChangeRecord read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new MalformedRecordException("the change at offset %d has no key".formatted(record.offset()));
        }
        ResourceKey key = ResourceKey.ofBytes(record.key());
        UUID logId = WireHeaders.logId(record.headers());
        byte[] value = record.value();
        if (value == null) {
            return new ChangeRecord(record.offset(), record.timestamp(), logId, key, null);
        }
        ConfluentWire.schemaId(value);
        Long fingerprint = WireHeaders.fingerprint(record.headers());
        if (fingerprint == null) {
            throw new MalformedRecordException(
                    "the change at offset %d has no header %s".formatted(record.offset(), WireHeaders.SCHEMA));
        }
        FleetChange change =
                codec.decode(fingerprint, value, ConfluentWire.PREFIX_BYTES, value.length - ConfluentWire.PREFIX_BYTES);
        if (!change.key().equals(key)) {
            throw new MalformedRecordException("the change at offset %d is of %s, its record's key is %s"
                    .formatted(record.offset(), change.key(), key));
        }
        return new ChangeRecord(record.offset(), record.timestamp(), logId, key, change);
    }
}
