package io.meshlog.projector;

import io.meshlog.events.model.MeshEvent;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Reads records of the events topic. Safe on any thread. */
@FunctionalInterface
interface EventReader {
    /**
     * @throws io.meshlog.events.codec.MalformedRecordException if it is no event, for everyone and for ever
     * @throws io.meshlog.events.codec.UnknownOpException if this version does not know what it says
     * @throws io.meshlog.events.codec.UnknownSchemaException if this version does not know its schema
     */
    MeshEvent read(Headers headers, byte @Nullable [] value);
}
