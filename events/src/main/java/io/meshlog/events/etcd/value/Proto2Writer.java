package io.meshlog.events.etcd.value;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A proto2 message, field by field; null leaves a field out. For one thread. */
final class Proto2Writer {
    private interface Writing {
        void on(CodedOutputStream out) throws IOException;
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    private Proto2Writer write(Writing writing) {
        try {
            writing.on(out);
            return this;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    Proto2Writer text(int field, @Nullable String value) {
        return value == null ? this : write(to -> to.writeString(field, value));
    }

    Proto2Writer number(int field, long value) {
        return write(to -> to.writeInt64(field, value));
    }

    Proto2Writer truth(int field, @Nullable Boolean value) {
        return value == null ? this : write(to -> to.writeBool(field, value));
    }

    Proto2Writer message(int field, Consumer<Proto2Writer> content) {
        Proto2Writer inner = new Proto2Writer();
        content.accept(inner);
        byte[] encoded = inner.toBytes();
        return write(to -> {
            to.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            to.writeByteArrayNoTag(encoded);
        });
    }

    /** One entry of a map of texts. */
    Proto2Writer entry(int field, String key, String value) {
        return message(field, inner -> inner.text(1, key).text(2, value));
    }

    byte[] toBytes() {
        write(CodedOutputStream::flush);
        return bytes.toByteArray();
    }
}
