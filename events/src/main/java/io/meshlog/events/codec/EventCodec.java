package io.meshlog.events.codec;

import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;

/** Events as Avro datums of {@code MeshEvent}. Safe on any thread. */
public final class EventCodec {
    private static final ReleasedSchemas RELEASED = ReleasedSchemas.of("MeshEvent");

    private final DatumCodec datum = new DatumCodec(
            "an event", RELEASED.requireLatest(io.meshlog.schemas.avro.MeshEvent.getClassSchema()));

    /** The fingerprint of the schema that {@link #encode} writes under. */
    public long fingerprint() {
        return RELEASED.latestFingerprint();
    }

    public byte[] encode(MeshEvent event) {
        Sender sender = event.sender();
        io.meshlog.schemas.avro.MeshEvent record = new io.meshlog.schemas.avro.MeshEvent();
        record.setEventId(event.eventId());
        record.setCluster(sender.cluster());
        record.setPrincipal(sender.principal());
        record.setGateway(sender.gateway());
        record.setWriter(sender.writer());
        record.setEpoch(sender.epoch());
        record.setSequence(sender.sequence());
        record.setObservedAt(ChangeCodec.instant(event.observedAtMicros()));
        StatementMapping.put(record, event.statement());
        return datum.encode(record);
    }

    /**
     * @param fingerprint of the schema it was written under
     * @throws UnknownSchemaException if a newer version wrote it: whoever folds stops
     * @throws UnknownOpException if it says what this version does not know: whoever folds stops
     * @throws MalformedRecordException if the bytes are no event: decided as {@code Malformed}
     */
    public MeshEvent decode(long fingerprint, byte[] bytes, int offset, int length) {
        var record = (io.meshlog.schemas.avro.MeshEvent)
                datum.decode(RELEASED.require(fingerprint), bytes, offset, length);
        return new MeshEvent(
                record.getEventId(),
                new Sender(
                        record.getCluster(),
                        record.getPrincipal(),
                        record.getGateway(),
                        record.getWriter(),
                        record.getEpoch(),
                        record.getSequence()),
                ChangeCodec.micros(record.getObservedAt()),
                StatementMapping.get(record));
    }
}
