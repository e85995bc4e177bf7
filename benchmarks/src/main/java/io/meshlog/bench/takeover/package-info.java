/**
 * How long readers of the changelog stand still when the active projector is killed or paused.
 *
 * <p>Brokers in this process, two projectors as processes of their own, a writer at a steady rate, and a reader that
 * measures and checks. The findings are in ADR 2.
 */
@NullMarked
package io.meshlog.bench.takeover;

import org.jspecify.annotations.NullMarked;
