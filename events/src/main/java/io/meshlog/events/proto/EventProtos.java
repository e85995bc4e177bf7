package io.meshlog.events.proto;

import com.google.protobuf.Timestamp;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.schemas.v1.Event;
import io.meshlog.schemas.v1.Frame;
import java.util.OptionalLong;
import java.util.UUID;

/** What a cluster's publisher says, as messages of the Publish stream. */
public final class EventProtos {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int LAST_NANO = 999_999_999;
    /** The years 1 to 9999, as Timestamp defines itself. */
    private static final long FIRST_SECOND = -62_135_596_800L;

    private static final long LAST_SECOND = 253_402_300_799L;

    private EventProtos() {}

    /**
     * The message of an upsert, delete or frame.
     *
     * @throws IllegalArgumentException for any other statement: publishers say no others
     */
    public static Event toProto(
            UUID eventId, long sequence, OptionalLong observedAtMicros, String cluster, Statement statement) {
        Event.Builder builder =
                Event.newBuilder().setEventId(eventId.toString()).setSequence(sequence);
        observedAtMicros.ifPresent(micros -> builder.setObservedAt(Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, MICROS_PER_SECOND))
                .setNanos((int) Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO)));
        switch (statement) {
            case Statement.Upsert upsert -> builder.setUpsert(ResourceProtos.toProto(cluster, upsert.value()));
            case Statement.Delete delete -> builder.setDelete(delete.key().value());
            case Statement.Frame frame -> builder.setFrame(frame(cluster, frame));
            default -> throw new IllegalArgumentException("a publisher does not say " + statement);
        }
        return builder.build();
    }

    private static Frame frame(String cluster, Statement.Frame frame) {
        Frame.Builder builder = Frame.newBuilder();
        ResourceKey from = frame.from();
        if (from != null) {
            builder.setFrom(from.value());
        }
        ResourceKey to = frame.to();
        if (to != null) {
            builder.setTo(to.value());
        }
        frame.resources().forEach(value -> builder.addResources(ResourceProtos.toProto(cluster, value)));
        return builder.build();
    }

    /**
     * What a message says, for the cluster its writer was authenticated as.
     *
     * @throws InvalidResourceException if it says nothing that can be read
     */
    public static Statement statement(String cluster, Event event) {
        return switch (event.getPayloadCase()) {
            case UPSERT -> {
                Value value = ResourceProtos.fromProto(event.getUpsert());
                String key = event.getUpsert().getKey();
                ResourceKey own = ((Declared) value.resource()).keyIn(cluster);
                yield new Statement.Upsert(key.isEmpty() ? own : FieldRules.key("event.upsert.key", key), value);
            }
            case DELETE -> new Statement.Delete(FieldRules.key("event.delete", event.getDelete()));
            case FRAME -> {
                Frame frame = event.getFrame();
                yield new Statement.Frame(
                        frame.hasFrom() ? FieldRules.key("event.frame.from", frame.getFrom()) : null,
                        frame.hasTo() ? FieldRules.key("event.frame.to", frame.getTo()) : null,
                        frame.getResourcesList().stream()
                                .map(ResourceProtos::fromProto)
                                .toList());
            }
            case PAYLOAD_NOT_SET -> throw new InvalidResourceException("event.payload: is not set");
        };
    }

    /** @throws InvalidResourceException if it is no UUID */
    public static UUID eventId(Event event) {
        try {
            return UUID.fromString(event.getEventId());
        } catch (IllegalArgumentException none) {
            throw new InvalidResourceException(
                    "event.event_id: \"%s\" is no UUID".formatted(FieldRules.shown(event.getEventId())));
        }
    }

    /**
     * Microseconds since 1970, empty where the message does not say.
     *
     * @throws InvalidResourceException if it is outside of the years 1 to 9999
     */
    public static OptionalLong observedAtMicros(Event event) {
        if (!event.hasObservedAt()) {
            return OptionalLong.empty();
        }
        Timestamp observedAt = event.getObservedAt();
        FieldRules.range("event.observed_at.seconds", observedAt.getSeconds(), FIRST_SECOND, LAST_SECOND);
        FieldRules.range("event.observed_at.nanos", observedAt.getNanos(), 0, LAST_NANO);
        return OptionalLong.of(observedAt.getSeconds() * MICROS_PER_SECOND + observedAt.getNanos() / NANOS_PER_MICRO);
    }
}
