/**
 * Beside hops 3 and 4 of 7: the fleet's checkpoints. Changes come in from the changelog, the fold's whole state goes out in
 * parts, to the checkpoints topic or a file, and comes back from there into an empty store or an empty Kafka. On a thread
 * of its own, beside the fold, which never waits for it.
 */
@NullMarked
package io.meshlog.projector.checkpoint;

import org.jspecify.annotations.NullMarked;
