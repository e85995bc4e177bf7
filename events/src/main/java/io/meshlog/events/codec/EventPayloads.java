package io.meshlog.events.codec;

import io.meshlog.schemas.avro.EventOp;
import io.meshlog.schemas.avro.MeshEvent;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Which fields of an event go with which op. An event that says less than its op needs, or more, is malformed: what would
 * be passed over in reading could not be written again.
 */
final class EventPayloads {
    private static final List<String> RESOURCES = List.of(
            "node",
            "identity",
            "endpoint",
            "service",
            "endpointSlice",
            "opaque",
            "serviceExport",
            "policy",
            "clusterConfig");

    /** The fields every event may have. */
    private static final List<String> COMMON = List.of("cluster", "observedAt");

    private static final Map<EventOp, Rule> RULES = rules();

    /** Bits by the positions of fields. */
    private record Rule(long needed, long allowed) {}

    private EventPayloads() {}

    /** @throws MalformedRecordException if a field that is needed is not there, or one that is there is not allowed */
    static void check(MeshEvent event) {
        EventOp op = event.getOp();
        Rule rule = RULES.get(op);
        if (rule == null) {
            return;
        }
        long there = 0;
        for (int field = 0; field < MeshEvent.SCHEMA$.getFields().size(); field++) {
            there |= event.get(field) == null ? 0 : 1L << field;
        }
        if ((rule.needed & ~there) != 0) {
            throw new MalformedRecordException(
                    "an event of the op %s without %s".formatted(op, names(rule.needed & ~there)));
        }
        if ((there & ~rule.allowed) != 0) {
            throw new MalformedRecordException(
                    "an event of the op %s with %s".formatted(op, names(there & ~rule.allowed)));
        }
    }

    private static String names(long fields) {
        return String.join(
                ", ",
                MeshEvent.SCHEMA$.getFields().stream()
                        .filter(field -> (fields & bit(field)) != 0)
                        .map(Schema.Field::name)
                        .toList());
    }

    private static Map<EventOp, Rule> rules() {
        Map<EventOp, Rule> rules = new EnumMap<>(EventOp.class);
        for (EventOp op : EventOp.values()) {
            if (op != EventOp.UNKNOWN) {
                rules.put(op, rule(op));
            }
        }
        return rules;
    }

    private static Rule rule(EventOp op) {
        return switch (op) {
            case FOUND -> needs("founding");
            case REFOUND -> may(needs("founding"), "reason");
            case FEATURE_LEVEL -> needs("featureLevel");
            case ADMIT -> needs("admission");
            case EXPEL -> may(needs("expelled"), "reason");
            case SESSION_OPEN -> needs("incarnation");
            case UPSERT -> may(may(needs("key"), "exact"), RESOURCES.toArray(String[]::new));
            case DELETE -> needs("key");
            case FRAME -> needs("frame");
            case TXN -> needs("txn");
            case STEP -> needs("job");
            case HORIZON -> may(needs("horizon"), "versionFloor");
            case DIGEST -> needs();
            case SKIP -> may(needs("skipOffset"), "reason");
            case UNKNOWN -> throw new IllegalArgumentException("an unknown op has no rule");
        };
    }

    private static Rule needs(String... fields) {
        long always = bits(COMMON);
        for (Schema.Field field : MeshEvent.SCHEMA$.getFields()) {
            always |= field.schema().isNullable() ? 0 : bit(field);
        }
        long needed = bits(Arrays.asList(fields));
        return new Rule(needed, always | needed);
    }

    private static Rule may(Rule rule, String... fields) {
        return new Rule(rule.needed, rule.allowed | bits(Arrays.asList(fields)));
    }

    private static long bits(List<String> fields) {
        return fields.stream()
                .map(MeshEvent.SCHEMA$::getField)
                .mapToLong(EventPayloads::bit)
                .reduce(0, (one, other) -> one | other);
    }

    private static long bit(Schema.Field field) {
        return 1L << field.pos();
    }
}
