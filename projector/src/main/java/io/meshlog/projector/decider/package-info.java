/**
 * Hop 3 of 7: the outside half of the projector. In comes the changelog as committed, out go events to the log: the
 * founding, the steps of jobs, the asking for digests, the horizon. What time means enters the fold only here.
 *
 * <p>An elected role: of all projectors of a fleet, the member of one consumer group that holds the changelog's only
 * partition decides; the fold fences its predecessors by the epoch of the session {@code decider}. {@link
 * io.meshlog.projector.decider.Decider} is pure and told the time; {@link io.meshlog.projector.decider.DeciderLoop} runs
 * it on one thread of its own.
 */
@NullMarked
package io.meshlog.projector.decider;

import org.jspecify.annotations.NullMarked;
