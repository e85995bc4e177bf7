package io.meshlog.meshapi.grpc;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.meshlog.schemas.v1.Batch;
import io.meshlog.schemas.v1.WatchResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code WatchResponse} as bytes. A batch is made of changes that are encoded once and shared by all watches; only the
 * lengths around them are its own, so that sending costs one copy into the transport's buffer and no encoding.
 *
 * <pre>
 * WatchResponse.batch tag | length | { Batch.changes tag | length | the change's bytes } ...
 * </pre>
 */
final class WatchFrame {
    private final byte[] head;
    private final List<byte[]> changes;
    private final int size;

    private WatchFrame(byte[] head, List<byte[]> changes, int size) {
        this.head = head;
        this.changes = changes;
        this.size = size;
    }

    /** A message without shared parts. */
    static WatchFrame of(WatchResponse response) {
        byte[] bytes = response.toByteArray();
        return new WatchFrame(bytes, List.of(), bytes.length);
    }

    /** A batch of encoded changes, which nobody may write to any more. */
    static WatchFrame ofBatch(List<byte[]> changes) {
        int batch = 0;
        for (byte[] change : changes) {
            batch += CodedOutputStream.computeByteArraySize(Batch.CHANGES_FIELD_NUMBER, change);
        }
        byte[] head = head(WatchResponse.BATCH_FIELD_NUMBER, batch);
        return new WatchFrame(head, changes, head.length + batch);
    }

    /** A field's tag and length. */
    private static byte[] head(int field, int length) {
        int tag = field << 3 | 2;
        byte[] head = new byte
                [CodedOutputStream.computeUInt32SizeNoTag(tag) + CodedOutputStream.computeUInt32SizeNoTag(length)];
        CodedOutputStream out = CodedOutputStream.newInstance(head);
        try {
            out.writeUInt32NoTag(tag);
            out.writeUInt32NoTag(length);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return head;
    }

    /** Frames go out as they are; this side never reads one. */
    static final class Marshaller implements MethodDescriptor.Marshaller<WatchFrame> {
        @Override
        public InputStream stream(WatchFrame frame) {
            return frame.stream();
        }

        @Override
        public WatchFrame parse(InputStream stream) {
            throw new UnsupportedOperationException("a server reads no watch responses");
        }
    }

    /** The bytes, for the transport to take. */
    InputStream stream() {
        return new Draining(this);
    }

    private void writeTo(OutputStream target) throws IOException {
        target.write(head);
        for (byte[] change : changes) {
            target.write(head(Batch.CHANGES_FIELD_NUMBER, change.length));
            target.write(change);
        }
    }

    private InputStream pieces() {
        List<InputStream> pieces = new ArrayList<>(1 + 2 * changes.size());
        pieces.add(new ByteArrayInputStream(head));
        for (byte[] change : changes) {
            pieces.add(new ByteArrayInputStream(head(Batch.CHANGES_FIELD_NUMBER, change.length)));
            pieces.add(new ByteArrayInputStream(change));
        }
        return new SequenceInputStream(Collections.enumeration(pieces));
    }

    /** Netty drains; transports that read instead get the same bytes piece by piece. */
    private static final class Draining extends InputStream implements Drainable, KnownLength {
        private final WatchFrame frame;
        private @Nullable InputStream pieces;
        private int left;

        Draining(WatchFrame frame) {
            this.frame = frame;
            this.left = frame.size;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (left != frame.size) {
                throw new IllegalStateException("a frame that was read from cannot be drained");
            }
            frame.writeTo(target);
            left = 0;
            return frame.size;
        }

        private InputStream pieces() {
            InputStream opened = pieces == null ? frame.pieces() : pieces;
            pieces = opened;
            return opened;
        }

        @Override
        public int available() {
            return left;
        }

        @Override
        public int read() throws IOException {
            int octet = pieces().read();
            left -= octet < 0 ? 0 : 1;
            return octet;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = pieces().read(target, offset, length);
            left -= Math.max(0, count);
            return count;
        }
    }

    @Override
    public String toString() {
        return "WatchFrame of %d changes, %d bytes".formatted(changes.size(), size);
    }
}
