package io.meshlog.meshapi.gateway;

import io.meshlog.events.codec.EventCodec;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.EventProtos;
import io.meshlog.meshapi.access.Principal;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.schemas.v1.Event;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as a member sent it, understood and within the limits, before it is stamped with who says it.
 *
 * @param weight how many resources it names, at least 1
 */
record Declaration(UUID eventId, long sequence, OptionalLong observedAtMicros, Statement statement, int weight) {
    private static final EventCodec CODEC = new EventCodec();
    /** The longest that writer, epoch and sequence can be. */
    private static final String LONGEST_WRITER = "w".repeat(Opening.MAX_WRITER_CHARS);

    /**
     * Reads an event for the cluster its stream was authenticated as. A key of another cluster is understood: the fleet
     * refuses it, with a violation that every reader sees. What no log can hold is refused here: keys beyond ISO-8859-1,
     * or without a kind and a name.
     *
     * @throws io.meshlog.events.proto.InvalidResourceException if it says nothing that can be read
     * @throws io.meshlog.meshapi.failure.FailedCallException INVALID where it is past a limit, naming the limit
     */
    static Declaration of(Principal principal, String gateway, Event event, GatewayLimits limits) {
        if (event.getSequence() < 1) {
            throw Failure.INVALID.because("event.sequence: is %d, sequences begin with 1", event.getSequence());
        }
        String cluster = Objects.requireNonNull(principal.cluster(), "only members publish");
        Statement statement = EventProtos.statement(cluster, event);
        int weight = requireSound(cluster, statement, limits);
        Declaration declaration = new Declaration(
                EventProtos.eventId(event),
                event.getSequence(),
                EventProtos.observedAtMicros(event),
                statement,
                weight);
        int bytes = CODEC.encode(declaration.stamped(
                        new Sender(cluster, principal.name(), gateway, LONGEST_WRITER, Long.MAX_VALUE, Long.MAX_VALUE)))
                .length;
        if (bytes > limits.maxEventBytes()) {
            throw Failure.INVALID.because(
                    "event %d has %d bytes as the log keeps it, max_event_bytes is %d",
                    event.getSequence(), bytes, limits.maxEventBytes());
        }
        return declaration;
    }

    private static int requireSound(String cluster, Statement statement, GatewayLimits limits) {
        return switch (statement) {
            case Statement.Upsert upsert -> {
                requireSound("event.upsert.key", upsert.key());
                requireSound(cluster, upsert.value());
                yield 1;
            }
            case Statement.Delete delete -> {
                requireSound("event.delete", delete.key());
                yield 1;
            }
            case Statement.Frame frame -> requireSound(cluster, frame, limits);
            default -> throw Failure.INVALID.because("a member cluster does not say %s", statement);
        };
    }

    private static int requireSound(String cluster, Statement.Frame frame, GatewayLimits limits) {
        int resources = frame.resources().size();
        if (resources > limits.maxFrameResources()) {
            throw Failure.INVALID.because(
                    "event.frame: names %d resources, max_frame_resources is %d",
                    resources, limits.maxFrameResources());
        }
        requireStorable("event.frame.from", frame.from());
        requireStorable("event.frame.to", frame.to());
        frame.resources().forEach(value -> requireSound(cluster, value));
        return Math.max(1, resources);
    }

    private static void requireSound(String cluster, Value value) {
        if (value.resource() instanceof Declared declared) {
            requireSound("the key of a resource", declared.keyIn(cluster));
        }
    }

    private static void requireSound(String field, ResourceKey key) {
        String text = key.value();
        int kind = text.indexOf('/') + 1;
        int name = text.indexOf('/', kind) + 1;
        if (kind <= 1 || name <= kind + 1 || name == text.length()) {
            throw Failure.INVALID.because("%s: \"%s\" is no key: <cluster>/<kind>/<name> is", field, key);
        }
        requireStorable(field, key);
    }

    private static void requireStorable(String field, @Nullable ResourceKey key) {
        if (key != null && key.value().chars().anyMatch(character -> character > 0xff)) {
            throw Failure.INVALID.because("%s: \"%s\" has characters beyond ISO-8859-1", field, key);
        }
    }

    boolean isFrame() {
        return statement instanceof Statement.Frame;
    }

    /** The event, said by this sender; the sequence is the sender's. */
    MeshEvent stamped(Sender sender) {
        return new MeshEvent(eventId, sender, observedAtMicros, statement);
    }
}
