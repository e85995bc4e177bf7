package io.meshlog.events.log;

import io.meshlog.events.codec.ChangeCodec;
import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.wire.ConfluentWire;
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

    /** @param schemaId of the changelog's schema in the registry */
    public byte[] value(int schemaId, FleetChange change) {
        return ConfluentWire.frame(schemaId, codec.encode(change));
    }

    /** The headers of a change, and of a tombstone too. */
    public Headers headers(UUID logId) {
        return new RecordHeaders()
                .add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(codec.fingerprint()))
                .add(WireHeaders.LOG_ID, WireHeaders.ofLogId(logId));
    }

    /**
     * A change as a record under the schema its value was written under.
     *
     * @param schemaId of that schema in the registry
     */
    public ProducerRecord<byte[], byte[]> recordAsWritten(Topics topics, int schemaId, UUID logId, FleetChange change) {
        Headers headers = new RecordHeaders()
                .add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(codec.fingerprintAsWritten(change)))
                .add(WireHeaders.LOG_ID, WireHeaders.ofLogId(logId));
        return new ProducerRecord<>(
                topics.changelog(),
                Topics.PARTITION,
                null,
                key(change.key()),
                ConfluentWire.frame(schemaId, codec.encodeAsWritten(change)),
                headers);
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
