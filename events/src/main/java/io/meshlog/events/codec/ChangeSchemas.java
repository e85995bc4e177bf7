package io.meshlog.events.codec;

import io.meshlog.schemas.avro.FleetChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * The two halves of {@code FleetChange}: what tells of the change, and, from the field {@code exact} on, the value. A
 * record's datum is the one after the other, so the value's bytes can be taken out, kept and put back unchanged.
 */
final class ChangeSchemas {
    private static final String FIRST_OF_VALUE = "exact";

    static final ReleasedSchemas RELEASED = ReleasedSchemas.of("FleetChange");
    private static final Map<Long, Halves> HALVES = halves();
    private static final Halves IN_MEMORY = split(RELEASED.requireLatest(FleetChange.getClassSchema()));

    /** The halves of one released schema. */
    record Halves(Schema prefix, Schema tail) {}

    private ChangeSchemas() {}

    /** The halves in memory, which strings are Java strings in. */
    static Halves inMemory() {
        return IN_MEMORY;
    }

    /** What to write under so that it reads under that release: the halves in memory where it is the newest. */
    static Halves toWrite(long fingerprint) {
        return fingerprint == RELEASED.latestFingerprint() ? IN_MEMORY : require(fingerprint);
    }

    /** @throws UnknownSchemaException if no release has it */
    static Halves require(long fingerprint) {
        Halves halves = HALVES.get(fingerprint);
        if (halves == null) {
            throw new UnknownSchemaException("FleetChange", fingerprint);
        }
        return halves;
    }

    private static Map<Long, Halves> halves() {
        Map<Long, Halves> halves = new HashMap<>();
        RELEASED.all().forEach((fingerprint, schema) -> halves.put(fingerprint, split(schema)));
        return Map.copyOf(halves);
    }

    private static Halves split(Schema schema) {
        int first = schema.getField(FIRST_OF_VALUE).pos();
        return new Halves(
                part(schema, "Prefix", schema.getFields().subList(0, first)),
                part(
                        schema,
                        "Tail",
                        schema.getFields().subList(first, schema.getFields().size())));
    }

    /** A record of some of a schema's fields, in their order. */
    static Schema part(Schema whole, String suffix, List<Schema.Field> fields) {
        List<Schema.Field> copies = new ArrayList<>();
        for (Schema.Field field : fields) {
            copies.add(new Schema.Field(field, field.schema()));
        }
        return Schema.createRecord(whole.getName() + suffix, null, whole.getNamespace(), false, copies);
    }
}
