package io.meshlog.it.log;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;

/** Events and changes that differ by a number. */
final class Samples {
    private static final ValueCodec VALUES = new ValueCodec();

    private Samples() {}

    static MeshEvent event(long number) {
        return event(number, new Statement.Step(number));
    }

    /** Of random bytes, which no compression makes smaller. */
    static MeshEvent eventOfBytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Value value = Value.of(opaque(1, Bytes.owned(bytes)));
        return event(1, new Statement.Upsert(opaque(1, Bytes.EMPTY).keyIn("eastus"), value));
    }

    private static MeshEvent event(long number, Statement statement) {
        return new MeshEvent(
                new UUID(1, number),
                new Sender("eastus", "principal", "gateway-0", "publisher", 1, number),
                OptionalLong.empty(),
                statement);
    }

    static FleetChange change(long number) {
        Opaque opaque = opaque(number, Bytes.owned(new byte[] {1}));
        return new FleetChange(
                number,
                0,
                1,
                Op.UPSERT,
                Kind.OPAQUE,
                opaque.keyIn("eastus"),
                number,
                1,
                Origin.SESSION,
                0,
                new Provenance("eastus", "principal", new UUID(1, number), number, OptionalLong.empty()),
                VALUES.encode(Value.of(opaque)));
    }

    private static Opaque opaque(long number, Bytes value) {
        return new Opaque(Bytes.owned("key-%d".formatted(number).getBytes(StandardCharsets.ISO_8859_1)), value);
    }
}
