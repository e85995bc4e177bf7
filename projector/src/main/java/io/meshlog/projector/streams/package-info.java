/**
 * Hop 3 of 7 (and 4), the inside half: Kafka Streams runs the fold over {@code F.events}. In come records, in the log's
 * order; out go the decision's changes to {@code F.changelog}, the state to a RocksDB store, and the offset, in one
 * transaction. All on the one Streams thread.
 *
 * <p>{@link io.meshlog.projector.streams.FleetTopology} is what runs, {@link io.meshlog.projector.streams.FoldRun} runs
 * it, {@link io.meshlog.projector.streams.FaultPolicy} decides what becomes of a fault.
 */
@NullMarked
package io.meshlog.projector.streams;

import org.jspecify.annotations.NullMarked;
