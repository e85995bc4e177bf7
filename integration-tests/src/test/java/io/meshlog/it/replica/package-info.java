/** Replicas on a real broker: from empty, from stale, and made to differ. */
@NullMarked
package io.meshlog.it.replica;

import org.jspecify.annotations.NullMarked;
