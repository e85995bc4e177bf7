/** Checkpoints, and what is made of them: rebuilds, moves, restores. On real brokers. */
@NullMarked
package io.meshlog.it.checkpoint;

import org.jspecify.annotations.NullMarked;
