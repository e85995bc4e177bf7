package io.meshlog.events.checkpoint;

import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint, and the events after it, as a file. For one thread.
 *
 * <pre>
 *   "MESHLOG CHECKPOINT 1\n"
 *   frames, each: type (1 byte), length of the payload (4), payload, CRC-32C of the payload (4)
 *     H  the fleet's name, and of the checkpoint: id, log id, revision, event offset, feature level, parts
 *     P  a part: fingerprint of its schema (8), Avro datum; in order
 *     E  an event: offset (8), timestamp (8), key, value, headers; in order
 *     Z  the end: parts (4), events (8), SHA-256 of everything before this frame (32)
 * </pre>
 *
 * <p>Numbers are big-endian; texts and byte strings have their length (4) before them, -1 for none.
 */
public final class CheckpointFileWriter implements Closeable {
    static final byte[] MAGIC = "MESHLOG CHECKPOINT 1\n".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = 'H';
    static final int PART = 'P';
    static final int EVENT = 'E';
    static final int END = 'Z';

    private final MessageDigest sum = CheckpointRecords.sha256();
    private final DataOutputStream out;
    private int parts;
    private long events;

    /** Begins the file. */
    public CheckpointFileWriter(OutputStream target, String fleet, Checkpoint checkpoint) throws IOException {
        this.out = new DataOutputStream(new DigestOutputStream(target, sum));
        out.write(MAGIC);
        frame(HEADER, payload -> {
            bytes(payload, fleet.getBytes(StandardCharsets.UTF_8));
            bytes(payload, checkpoint.id().toString().getBytes(StandardCharsets.US_ASCII));
            bytes(payload, checkpoint.logId().toString().getBytes(StandardCharsets.US_ASCII));
            payload.writeLong(checkpoint.revision());
            payload.writeLong(checkpoint.eventOffset());
            payload.writeInt(checkpoint.featureLevel());
            payload.writeInt(checkpoint.parts());
        });
    }

    public void part(EncodedPart part) throws IOException {
        parts++;
        frame(PART, payload -> {
            payload.writeLong(part.fingerprint());
            payload.write(part.datum().shared());
        });
    }

    public void event(LoggedEvent event) throws IOException {
        events++;
        frame(EVENT, payload -> {
            payload.writeLong(event.offset());
            payload.writeLong(event.timestampMs());
            bytesOrNone(payload, event.key());
            bytesOrNone(payload, event.value());
            payload.writeInt(event.headers().size());
            for (LoggedEvent.Header header : event.headers()) {
                bytes(payload, header.name().getBytes(StandardCharsets.UTF_8));
                bytesOrNone(payload, header.value());
            }
        });
    }

    /** How many events were written. */
    public long events() {
        return events;
    }

    /** Ends the file. One without its end is refused by whoever reads it. */
    public void end() throws IOException {
        byte[] hash = sum.digest();
        frame(END, payload -> {
            payload.writeInt(parts);
            payload.writeLong(events);
            payload.write(hash);
        });
        out.flush();
    }

    private interface Payload {
        void write(DataOutputStream payload) throws IOException;
    }

    private void frame(int type, Payload content) throws IOException {
        ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        content.write(new DataOutputStream(buffer));
        byte[] payload = buffer.toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(payload, 0, payload.length);
        out.writeByte(type);
        out.writeInt(payload.length);
        out.write(payload);
        out.writeInt((int) crc.getValue());
    }

    private static void bytesOrNone(DataOutputStream payload, @Nullable Bytes bytes) throws IOException {
        if (bytes == null) {
            payload.writeInt(-1);
        } else {
            bytes(payload, bytes.shared());
        }
    }

    private static void bytes(DataOutputStream payload, byte[] bytes) throws IOException {
        payload.writeInt(bytes.length);
        payload.write(bytes);
    }

    /** Flushes; closes what is written to. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
