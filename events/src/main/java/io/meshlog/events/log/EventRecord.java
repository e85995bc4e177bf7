package io.meshlog.events.log;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Statement;
import io.meshlog.events.wire.ConfluentWire;
import io.meshlog.events.wire.WireHeaders;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * An event where it stands in the log.
 *
 * @param offset in the events topic
 * @param timestampMs when the log took it in
 */
public record EventRecord(long offset, long timestampMs, MeshEvent event) {
    /** Who is named for records that nobody can be made out of. */
    private static final String UNREADABLE = "unreadable";

    /**
     * Reads a record of the events topic. Bytes that are malformed for everyone become a {@link Statement.Malformed}, and
     * so does a record without a fingerprint: every version of Meshlog writes one, so a stranger wrote it, which no newer
     * version could read either. Its id in a registry is not asked after: what a fold decides must not depend on whether
     * a registry answers.
     *
     * @throws UnknownSchemaException if a newer version wrote it
     * @throws UnknownOpException if a newer version wrote it
     */
    public static MeshEvent read(EventCodec codec, long offset, Headers headers, byte @Nullable [] value) {
        try {
            if (value == null) {
                throw new MalformedRecordException("a record without a value");
            }
            ConfluentWire.schemaId(value);
            Long fingerprint = WireHeaders.fingerprint(headers);
            if (fingerprint == null) {
                throw new MalformedRecordException("a record without the header " + WireHeaders.SCHEMA);
            }
            return codec.decode(
                    fingerprint, value, ConfluentWire.PREFIX_BYTES, value.length - ConfluentWire.PREFIX_BYTES);
        } catch (MalformedRecordException malformed) {
            return new MeshEvent(
                    new UUID(0, offset),
                    new Sender(null, UNREADABLE, "", UNREADABLE, 0, 0),
                    OptionalLong.empty(),
                    new Statement.Malformed(String.valueOf(malformed.getMessage())));
        }
    }
}
