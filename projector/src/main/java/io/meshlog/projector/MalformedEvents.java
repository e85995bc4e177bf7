package io.meshlog.projector;

import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Statement;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.UUID;

/** What the fold is told about a record that could not be read: always the same for the same offset and error. */
final class MalformedEvents {
    static final String PRINCIPAL = "fold";
    static final String WRITER = "malformed";

    private MalformedEvents() {}

    static MeshEvent at(long offset, MalformedRecordException malformed) {
        // a UUID of version 3, so that it is none a writer could have made
        UUID id = UUID.nameUUIDFromBytes(("malformed event " + offset).getBytes(StandardCharsets.UTF_8));
        return new MeshEvent(
                id,
                new MeshEvent.Sender(null, PRINCIPAL, "", WRITER, 0, 0),
                OptionalLong.empty(),
                new Statement.Malformed(String.valueOf(malformed.getMessage())));
    }
}
