/**
 * The fold: {@code (FleetState, MeshEvent) -> Decision}, the one function that the projector, audit replay, simulation
 * and golden histories all run.
 *
 * <p>Pure: no I/O, no clock, no chance. For one thread at a time.
 */
@NullMarked
package io.meshlog.events.fold;

import org.jspecify.annotations.NullMarked;
