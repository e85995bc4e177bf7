/** From a publisher's word to a watching agent's ear, through every hop of a running fleet. */
@NullMarked
package io.meshlog.bench.latency;

import org.jspecify.annotations.NullMarked;
