package io.meshlog.cli.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.meshlog.schemas.v1.Bookmark;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Synced;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A watch's message as it came, looked at no closer than counting needs: that many watches in one process would otherwise
 * measure how fast that process parses.
 *
 * @param bytes of the message
 * @param changes how many changes are in it
 * @param synced null where it is none
 * @param bookmark null where it is none
 */
record Message(
        ByteString bytes,
        int changes,
        @Nullable Synced synced,
        @Nullable Bookmark bookmark,
        boolean resync) {
    /** The watch, its messages unparsed. */
    static final MethodDescriptor<WatchRequest, Message> WATCH = MeshGrpc.getWatchMethod().toBuilder(
                    MeshGrpc.getWatchMethod().getRequestMarshaller(), new Unparsed())
            .build();

    static Message of(ByteString bytes) throws IOException {
        int changes = 0;
        Synced synced = null;
        Bookmark bookmark = null;
        boolean resync = false;
        CodedInputStream input = bytes.newCodedInput();
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case WatchResponse.BATCH_FIELD_NUMBER -> changes += entries(input);
                case WatchResponse.SYNCED_FIELD_NUMBER -> synced = Synced.parseFrom(input.readByteArray());
                case WatchResponse.BOOKMARK_FIELD_NUMBER -> bookmark = Bookmark.parseFrom(input.readByteArray());
                case WatchResponse.RESYNC_FIELD_NUMBER -> {
                    resync = true;
                    input.skipField(tag);
                }
                default -> input.skipField(tag);
            }
        }
        return new Message(bytes, changes, synced, bookmark, resync);
    }

    private static int entries(CodedInputStream input) throws IOException {
        int outer = input.pushLimit(input.readRawVarint32());
        int entries = 0;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            input.skipField(tag);
            entries++;
        }
        input.popLimit(outer);
        return entries;
    }

    private static final class Unparsed implements MethodDescriptor.Marshaller<Message> {
        @Override
        public InputStream stream(Message message) {
            return message.bytes().newInput();
        }

        @Override
        public Message parse(InputStream stream) {
            try {
                return of(UnsafeByteOperations.unsafeWrap(stream.readAllBytes()));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }
}
