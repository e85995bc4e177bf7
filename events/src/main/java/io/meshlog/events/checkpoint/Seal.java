package io.meshlog.events.checkpoint;

import io.meshlog.events.model.Checkpoint;

/**
 * A checkpoint that was written to its end, as its last part tells.
 *
 * @param bytes of all parts' datums
 * @param tookMs how long it took to make
 * @param writtenAtMs when its last part was written
 * @param firstOffset of its first part in the checkpoints topic
 * @param offset of its last part
 * @param previous the last part of the checkpoint before it, -1 for none
 */
public record Seal(
        Checkpoint checkpoint,
        long bytes,
        long tookMs,
        long writtenAtMs,
        long firstOffset,
        long offset,
        long previous) {}
