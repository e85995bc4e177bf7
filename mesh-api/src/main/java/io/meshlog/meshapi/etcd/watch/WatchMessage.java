package io.meshlog.meshapi.etcd.watch;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.meshlog.schemas.etcd.WatchResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A {@code WatchResponse} as bytes: what is its watch's own, and after it a run of events that is shared with other
 * watches. Sending costs one copy into the transport's buffer and no encoding. Nobody writes to either any more.
 */
final class WatchMessage {
    private static final byte[] NOTHING = {};

    private final byte[] own;
    private final byte[] shared;
    private final int from;
    private final int to;

    private WatchMessage(byte[] own, byte[] shared, int from, int to) {
        this.own = own;
        this.shared = shared;
        this.from = from;
        this.to = to;
    }

    /** A message without events that are shared. */
    static WatchMessage of(WatchResponse response) {
        return new WatchMessage(response.toByteArray(), NOTHING, 0, 0);
    }

    /**
     * A message with the events between two places of a batch.
     *
     * @param rest what it says beside its events
     */
    static WatchMessage of(WatchResponse rest, EventBatch events, int from, int to) {
        return new WatchMessage(rest.toByteArray(), events.bytes(), from, to);
    }

    private int size() {
        return own.length + to - from;
    }

    /** The bytes, for the transport to take. */
    InputStream stream() {
        return new Bytes(this);
    }

    /** Messages go out as they are; this side never reads one. */
    static final class Marshaller implements MethodDescriptor.Marshaller<WatchMessage> {
        @Override
        public InputStream stream(WatchMessage message) {
            return message.stream();
        }

        @Override
        public WatchMessage parse(InputStream stream) {
            throw new UnsupportedOperationException("a server reads no watch responses");
        }
    }

    /** Netty drains; transports that read instead get the same bytes. */
    private static final class Bytes extends InputStream implements Drainable, KnownLength {
        private final WatchMessage message;
        private int read;

        Bytes(WatchMessage message) {
            this.message = message;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (read != 0) {
                throw new IllegalStateException("a message that was read from cannot be drained");
            }
            read = message.size();
            target.write(message.own);
            target.write(message.shared, message.from, message.to - message.from);
            return read;
        }

        @Override
        public int available() {
            return message.size() - read;
        }

        @Override
        public int read() {
            if (available() == 0) {
                return -1;
            }
            int at = read++;
            byte octet =
                    at < message.own.length ? message.own[at] : message.shared[message.from + at - message.own.length];
            return octet & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (available() == 0) {
                return length == 0 ? 0 : -1;
            }
            boolean ofOwn = read < message.own.length;
            int at = ofOwn ? read : message.from + read - message.own.length;
            int count = Math.min(length, ofOwn ? message.own.length - read : available());
            System.arraycopy(ofOwn ? message.own : message.shared, at, target, offset, count);
            read += count;
            return count;
        }
    }
}
