package io.meshlog.events.checkpoint;

import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Checkpoint;
import io.meshlog.events.model.CheckpointPart;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint in a file, as {@link CheckpointFileWriter} draws it. Read from its beginning each time, frame by frame, so
 * that memory holds one part; what was given out is right only if the reading comes to its end. For any thread.
 */
public final class CheckpointFile {
    /** No frame is longer: a part has at most one change above its size. */
    private static final int MAX_FRAME_BYTES = 16 << 20;

    private static final int MAX_HEADERS = 1_000;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path path;

    /** What a file is of. */
    public record Title(String fleet, Checkpoint checkpoint) {}

    /** What a file holds. */
    public record Contents(Title title, long events) {}

    /** Where what is read goes, in the file's order. */
    public interface Taker {
        void part(CheckpointPart part) throws IOException, InterruptedException;

        void event(LoggedEvent event) throws IOException, InterruptedException;
    }

    public CheckpointFile(Path path) {
        this.path = path;
    }

    /**
     * Reads all of it and checks it against every sum and the digest.
     *
     * @throws DamagedCheckpointException in words, naming the place
     */
    public Contents check() throws IOException, InterruptedException {
        return read(new Taker() {
            @Override
            public void part(CheckpointPart part) {
                // looking at it is all
            }

            @Override
            public void event(LoggedEvent event) {
                // looking at it is all
            }
        });
    }

    /** As {@link #check}, and gives out what it reads. */
    public Contents read(Taker taker) throws IOException, InterruptedException {
        MessageDigest sum = CheckpointRecords.sha256();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
                DataInputStream in = new DataInputStream(new DigestInputStream(file, sum))) {
            return new Reading(in, sum, taker).all();
        } catch (EOFException cut) {
            throw new DamagedCheckpointException(path + " ends before its end frame: it was cut short", cut);
        }
    }

    private record Frame(int type, ByteBuffer payload) {}

    /** One reading of the file. */
    private final class Reading {
        private final DataInputStream in;
        private final MessageDigest sum;
        private final Taker taker;
        private final CheckpointCodec codec = new CheckpointCodec();
        private final CheckpointCheck check = new CheckpointCheck();
        private long position;
        private int parts;
        private long events;
        private long nextOffset;

        Reading(DataInputStream in, MessageDigest sum, Taker taker) {
            this.in = in;
            this.sum = sum;
            this.taker = taker;
        }

        Contents all() throws IOException, InterruptedException {
            byte[] magic = in.readNBytes(CheckpointFileWriter.MAGIC.length);
            if (!Arrays.equals(magic, CheckpointFileWriter.MAGIC)) {
                throw new DamagedCheckpointException(path + " is no checkpoint of Meshlog, or one of a newer version");
            }
            position = magic.length;
            Title title = title(next());
            nextOffset = title.checkpoint().eventOffset() + 1;
            while (true) {
                byte[] before = copyOfSum();
                Frame frame = next();
                switch (frame.type()) {
                    case CheckpointFileWriter.PART -> part(title, frame.payload());
                    case CheckpointFileWriter.EVENT -> event(frame.payload());
                    case CheckpointFileWriter.END -> {
                        end(title, frame.payload(), before);
                        return new Contents(title, events);
                    }
                    default -> throw damaged("a frame of type %d".formatted(frame.type()));
                }
            }
        }

        private byte[] copyOfSum() {
            try {
                return ((MessageDigest) sum.clone()).digest();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException("the JDK's SHA-256 can be copied", impossible);
            }
        }

        private Frame next() throws IOException {
            int type = in.readUnsignedByte();
            int length = in.readInt();
            if (length < 0 || length > MAX_FRAME_BYTES) {
                throw damaged("a frame of %d bytes, at most %d are written".formatted(length, MAX_FRAME_BYTES));
            }
            byte[] payload = in.readNBytes(length);
            if (payload.length < length) {
                throw new EOFException();
            }
            CRC32C crc = new CRC32C();
            crc.update(payload, 0, length);
            if (in.readInt() != (int) crc.getValue()) {
                throw damaged("a frame whose bytes do not give its checksum");
            }
            position += 1 + Integer.BYTES + length + Integer.BYTES;
            return new Frame(type, ByteBuffer.wrap(payload));
        }

        private Title title(Frame frame) {
            if (frame.type() != CheckpointFileWriter.HEADER) {
                throw damaged("no header");
            }
            ByteBuffer payload = frame.payload();
            return new Title(
                    text(payload),
                    new Checkpoint(
                            UUID.fromString(text(payload)),
                            UUID.fromString(text(payload)),
                            payload.getLong(),
                            payload.getLong(),
                            payload.getInt(),
                            payload.getInt()));
        }

        private void part(Title title, ByteBuffer payload) throws IOException, InterruptedException {
            long fingerprint = payload.getLong();
            byte[] datum = new byte[payload.remaining()];
            payload.get(datum);
            CheckpointPart part = new EncodedPart(fingerprint, Bytes.owned(datum)).decode(codec);
            if (!part.checkpoint().equals(title.checkpoint())) {
                throw damaged("a part of %s in a file of %s".formatted(part.checkpoint(), title.checkpoint()));
            }
            check.add(part);
            parts++;
            taker.part(part);
        }

        private void event(ByteBuffer payload) throws IOException, InterruptedException {
            var unused = check.whole();
            long offset = payload.getLong();
            if (offset != nextOffset) {
                throw damaged("the event at offset %d where %d was expected".formatted(offset, nextOffset));
            }
            nextOffset++;
            events++;
            taker.event(new LoggedEvent(offset, payload.getLong(), bytes(payload), bytes(payload), headers(payload)));
        }

        private List<LoggedEvent.Header> headers(ByteBuffer payload) {
            int count = payload.getInt();
            if (count < 0 || count > MAX_HEADERS) {
                throw damaged("an event with %d headers, the limit is %d".formatted(count, MAX_HEADERS));
            }
            List<LoggedEvent.Header> headers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                headers.add(new LoggedEvent.Header(text(payload), bytes(payload)));
            }
            return headers;
        }

        private void end(Title title, ByteBuffer payload, byte[] before) throws IOException {
            var unused = check.whole();
            int saidParts = payload.getInt();
            long saidEvents = payload.getLong();
            byte[] hash = new byte[payload.remaining()];
            payload.get(hash);
            if (saidParts != parts || saidEvents != events || !Arrays.equals(hash, before)) {
                throw damaged("%d parts and %d events of %s, the end tells of %d and %d or of other bytes"
                        .formatted(parts, events, title.checkpoint().id(), saidParts, saidEvents));
            }
            if (in.read() >= 0) {
                throw damaged("something after the end");
            }
        }

        private String text(ByteBuffer payload) {
            Bytes bytes = bytes(payload);
            if (bytes == null) {
                throw damaged("a text is missing");
            }
            return new String(bytes.shared(), StandardCharsets.UTF_8);
        }

        private @Nullable Bytes bytes(ByteBuffer payload) {
            int length = payload.getInt();
            if (length < 0) {
                return null;
            }
            if (length > payload.remaining()) {
                throw damaged("%d bytes where %d are left".formatted(length, payload.remaining()));
            }
            byte[] bytes = new byte[length];
            payload.get(bytes);
            return Bytes.owned(bytes);
        }

        private DamagedCheckpointException damaged(String what) {
            return new DamagedCheckpointException("%s is damaged at byte %d: %s".formatted(path, position, what));
        }
    }
}
