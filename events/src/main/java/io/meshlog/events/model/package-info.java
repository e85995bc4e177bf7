/**
 * The words every part shares: events (what a cluster said), changes (what the fleet decided) and resources (what they
 * are about), as immutable records.
 *
 * <p>Pure: no I/O, no clock, no chance, no transport. Safe on any thread.
 */
@NullMarked
package io.meshlog.events.model;

import org.jspecify.annotations.NullMarked;
