package io.meshlog.projector.backup;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.codec.UnknownOpException;
import io.meshlog.events.codec.UnknownSchemaException;
import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.ValueEncoding;
import io.meshlog.events.log.EventRecord;
import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What changes when a state and its events come into another log: offsets, which are places in one log and nothing else.
 * Revisions, versions and values stay, and with them the digest.
 *
 * <p>Worked example: a checkpoint contains the event at offset 999. Its entries get the offset -1, for no event of the new
 * log is in them; the event that stood at 1000 stands at 0, and a SKIP of offset 1002 skips offset 2.
 */
final class Rebase {
    /** The offset of what no event of this log said. */
    private static final long ELSEWHERE = -1;

    private final ValueEncoding values = new ValueCodec();
    private final EventCodec events = new EventCodec();
    private final long shift;

    /** @param firstOffset the offset in the old log that is 0 in the new one */
    Rebase(long firstOffset) {
        this.shift = firstOffset;
    }

    /** The entry as it stands in the new log. */
    FleetChange entry(FleetChange change) {
        Provenance was = change.provenance();
        Provenance provenance =
                new Provenance(was.cluster(), was.principal(), was.eventId(), ELSEWHERE, was.observedAtMicros());
        return new FleetChange(
                change.revision(),
                change.index(),
                change.count(),
                change.op(),
                change.kind(),
                change.key(),
                change.createRevision(),
                change.version(),
                change.origin(),
                change.lease(),
                provenance,
                change.kind() == Kind.SESSION ? session(change.value()) : change.value());
    }

    /** Sessions hold an offset, and are in no digest. */
    private EncodedValue session(@Nullable EncodedValue encoded) {
        Session held = (Session) values.decode(Objects.requireNonNull(encoded)).resource();
        return values.encode(Value.of(new Session(
                held.writer(),
                held.cluster(),
                held.principal(),
                held.incarnation(),
                held.epoch(),
                held.sequence(),
                ELSEWHERE,
                held.snapshotKey(),
                held.snapshotComplete(),
                held.answer())));
    }

    /** The event as this version understands it, null where it is a newer version's. */
    @Nullable
    MeshEvent read(long offset, Headers headers, byte @Nullable [] value) {
        try {
            return EventRecord.read(events, offset, headers, value);
        } catch (UnknownOpException | UnknownSchemaException newer) {
            return null;
        }
    }

    /** The event as it stands in the new log; null where it stands as it stood. */
    @Nullable
    MeshEvent event(MeshEvent event) {
        if (!(event.statement() instanceof Statement.Skip skip)) {
            return null;
        }
        // one from before the checkpoint was passed over long ago, and no offset of the new log is negative
        Statement.Skip moved = new Statement.Skip(Math.max(ELSEWHERE, skip.offset() - shift), skip.reason());
        return new MeshEvent(event.eventId(), event.sender(), event.observedAtMicros(), moved);
    }
}
