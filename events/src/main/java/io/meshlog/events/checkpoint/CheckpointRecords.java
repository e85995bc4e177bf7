package io.meshlog.events.checkpoint;

import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.events.wire.WireHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Parts as records of the checkpoints topic: key {@code <id>/<part>}, value in the Confluent wire format, and in headers
 * what tells a whole record from a damaged one and the end of a checkpoint from what is cut short. Safe on any thread.
 */
final class CheckpointRecords {
    /** SHA-256 of the datum. */
    static final String HASH = "meshlog-hash";

    /** On the last part: bytes, milliseconds, offset of the first part, offset of the last part of the one before; 4 longs. */
    static final String SEAL = "meshlog-seal";

    private static final int SEAL_BYTES = 4 * Long.BYTES;

    private final CheckpointCodec codec = new CheckpointCodec();

    CheckpointCodec codec() {
        return codec;
    }

    /** @param seal null for all parts but the last; its offset and time are not looked at */
    ProducerRecord<byte[], byte[]> record(
            Topics topics, ReleaseIds ids, Checkpoint checkpoint, int part, EncodedPart encoded, @Nullable Seal seal) {
        Headers headers = new RecordHeaders()
                .add(WireHeaders.SCHEMA, WireHeaders.ofFingerprint(encoded.fingerprint()))
                .add(WireHeaders.LOG_ID, WireHeaders.ofLogId(checkpoint.logId()))
                .add(HASH, hash(encoded.datum().shared()));
        if (seal != null) {
            headers.add(
                    SEAL,
                    ByteBuffer.allocate(SEAL_BYTES)
                            .putLong(seal.bytes())
                            .putLong(seal.tookMs())
                            .putLong(seal.firstOffset())
                            .putLong(seal.previous())
                            .array());
        }
        return new ProducerRecord<>(
                topics.checkpoints(),
                Topics.PARTITION,
                null,
                "%s/%06d".formatted(checkpoint.id(), part).getBytes(StandardCharsets.ISO_8859_1),
                ConfluentWire.frame(
                        ids.of(encoded.fingerprint()), encoded.datum().shared()),
                headers);
    }

    /** Whether it is a checkpoint's last part. */
    static boolean isSeal(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(SEAL);
        return header != null && header.value() != null && header.value().length == SEAL_BYTES;
    }

    /** What a last part tells of its checkpoint. */
    Seal seal(ConsumerRecord<byte[], byte[]> record) {
        CheckpointPart part = part(record);
        ByteBuffer told = ByteBuffer.wrap(record.headers().lastHeader(SEAL).value());
        long bytes = told.getLong();
        long tookMs = told.getLong();
        long first = told.getLong();
        long previous = told.getLong();
        // of an only part nobody knew the offset before it was written
        long firstOffset = first < 0 ? record.offset() : first;
        return new Seal(part.checkpoint(), bytes, tookMs, record.timestamp(), firstOffset, record.offset(), previous);
    }

    CheckpointPart part(ConsumerRecord<byte[], byte[]> record) {
        return encoded(record).decode(codec);
    }

    /** @throws DamagedCheckpointException if it is not what was written */
    EncodedPart encoded(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        Long fingerprint = WireHeaders.fingerprint(record.headers());
        Header hash = record.headers().lastHeader(HASH);
        if (value == null || value.length < ConfluentWire.PREFIX_BYTES || fingerprint == null || hash == null) {
            throw new DamagedCheckpointException(
                    "the record at offset %d of %s is no part of a checkpoint: it lacks its value or a header"
                            .formatted(record.offset(), record.topic()));
        }
        byte[] datum = Arrays.copyOfRange(value, ConfluentWire.PREFIX_BYTES, value.length);
        if (!Arrays.equals(hash(datum), hash.value())) {
            throw new DamagedCheckpointException(
                    "the part of a checkpoint at offset %d of %s is damaged: its %d bytes do not give its hash"
                            .formatted(record.offset(), record.topic(), datum.length));
        }
        return new EncodedPart(fingerprint, Bytes.owned(datum));
    }

    static byte[] hash(byte[] bytes) {
        return sha256().digest(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
