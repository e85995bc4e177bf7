package io.meshlog.events.checkpoint;

import io.meshlog.events.codec.CheckpointCodec;
import io.meshlog.events.codec.MalformedRecordException;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.CheckpointPart;

/**
 * A part of a checkpoint as it is kept.
 *
 * @param fingerprint of the schema the datum was written under
 * @param datum the Avro datum
 */
public record EncodedPart(long fingerprint, Bytes datum) {

    /**
     * The part.
     *
     * @throws io.meshlog.events.codec.UnknownSchemaException if a newer version wrote it
     * @throws DamagedCheckpointException if it cannot be read
     */
    public CheckpointPart decode(CheckpointCodec codec) {
        try {
            return codec.decode(fingerprint, datum.shared(), 0, datum.size());
        } catch (MalformedRecordException unreadable) {
            throw new DamagedCheckpointException(
                    "a part of %d bytes cannot be read: %s".formatted(datum.size(), unreadable.getMessage()),
                    unreadable);
        }
    }
}
