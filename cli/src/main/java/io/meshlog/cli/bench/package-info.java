/**
 * Beside hops 2 to 7 of 7: clusters that do not exist publish to a fleet over the way every publisher goes, and watches hear
 * what comes of it. One {@link io.meshlog.cli.bench.Scenario} says how much of everything there is, one
 * {@link io.meshlog.cli.bench.Measurements} runs it, one {@link io.meshlog.cli.bench.BenchReport} shows it. One thread
 * publishes; what is heard is counted on gRPC's threads.
 */
@NullMarked
package io.meshlog.cli.bench;

import org.jspecify.annotations.NullMarked;
