package io.meshlog.events.codec;

import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Events as Avro datums of {@code MeshEvent}. Safe on any thread. */
public final class EventCodec {
    private static final ReleasedSchemas RELEASED = ReleasedSchemas.of("MeshEvent");

    private static final Schema IN_MEMORY = RELEASED.requireLatest(io.meshlog.schemas.avro.MeshEvent.getClassSchema());

    private final DatumCodec datum = new DatumCodec("an event", IN_MEMORY);

    /** The fingerprint of the schema that {@link #encode} writes the event under: the oldest that holds it. */
    public long fingerprint(MeshEvent event) {
        return RELEASED.fingerprint(Releases.of(event.statement()));
    }

    /**
     * The datum of an event.
     *
     * @throws IllegalArgumentException if it could not be read back: a name has a character beyond one byte, or the
     *     statement is none that is said
     */
    public byte[] encode(MeshEvent event) {
        try {
            return datum.encode(written(event), record(event));
        } catch (MalformedRecordException unreadable) {
            throw new IllegalArgumentException(unreadable.getMessage(), unreadable);
        }
    }

    private Schema written(MeshEvent event) {
        long fingerprint = fingerprint(event);
        return fingerprint == RELEASED.latestFingerprint() ? IN_MEMORY : RELEASED.require(fingerprint);
    }

    private static io.meshlog.schemas.avro.MeshEvent record(MeshEvent event) {
        Sender sender = event.sender();
        io.meshlog.schemas.avro.MeshEvent record = new io.meshlog.schemas.avro.MeshEvent();
        record.setEventId(event.eventId());
        record.setCluster(nameOrNull(sender.cluster()));
        record.setPrincipal(sender.principal());
        record.setGateway(sender.gateway());
        record.setWriter(ContractText.keyText(sender.writer()));
        record.setEpoch(sender.epoch());
        record.setSequence(sender.sequence());
        record.setObservedAt(Instants.ofMicros(event.observedAtMicros()));
        StatementMapping.put(record, event.statement());
        return record;
    }

    private static @Nullable String nameOrNull(@Nullable String name) {
        return name == null ? null : ContractText.keyText(name);
    }

    /**
     * @param fingerprint of the schema it was written under
     * @throws UnknownSchemaException if a newer version wrote it: whoever folds stops
     * @throws UnknownOpException if it says what this version does not know: whoever folds stops
     * @throws MalformedRecordException if the bytes are no event: decided as {@code Malformed}
     */
    public MeshEvent decode(long fingerprint, byte[] bytes, int offset, int length) {
        var record =
                (io.meshlog.schemas.avro.MeshEvent) datum.decode(RELEASED.require(fingerprint), bytes, offset, length);
        return new MeshEvent(
                record.getEventId(),
                new Sender(
                        nameOrNull(record.getCluster()),
                        record.getPrincipal(),
                        record.getGateway(),
                        ContractText.keyText(record.getWriter()),
                        record.getEpoch(),
                        record.getSequence()),
                Instants.micros(record.getObservedAt()),
                StatementMapping.get(record));
    }
}
