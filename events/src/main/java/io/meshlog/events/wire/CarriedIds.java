package io.meshlog.events.wire;

import java.util.OptionalInt;

/** The registry ids that records in the topics carry already. */
@FunctionalInterface
public interface CarriedIds {
    /** Nobody looks into the topics. */
    CarriedIds NONE = (topic, fingerprint) -> OptionalInt.empty();

    /** The id on the newest record of the topic that was written under that schema, as far as one looks. May block. */
    OptionalInt newest(String topic, long fingerprint);
}
