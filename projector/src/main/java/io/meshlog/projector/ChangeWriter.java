package io.meshlog.projector;

import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import java.util.UUID;
import org.apache.kafka.streams.processor.api.Record;

/** Makes records of the changelog topic. For the Streams thread. */
interface ChangeWriter {
    Record<byte[], byte[]> write(FleetChange change, UUID logId, long timestampMs);

    /** The delete of this key is known no more. */
    Record<byte[], byte[]> tombstone(ResourceKey key, UUID logId, long timestampMs);
}
