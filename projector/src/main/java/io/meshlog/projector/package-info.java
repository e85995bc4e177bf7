/**
 * Hop 3 of 7 (and 4): from {@code F.events} to {@code F.changelog}. In come events, out go the changes the fold decides,
 * exactly once and in the log's order: each event's state, changes and consumed offset are one Kafka transaction.
 *
 * <p>{@link io.meshlog.projector.streams.FleetTopology} runs on the one Streams thread; {@link io.meshlog.projector.Projector}
 * starts, watches and restarts it from a thread of its own; the decider has a third ({@link
 * io.meshlog.projector.decider}).
 */
@NullMarked
package io.meshlog.projector;

import org.jspecify.annotations.NullMarked;
