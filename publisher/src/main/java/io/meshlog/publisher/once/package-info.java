/**
 * Hop 1 of 7, by hand: a few objects are said once, in a session of their own beside the cluster's publisher. In come
 * statements, on the caller's thread, which waits; out goes what became of them.
 */
@NullMarked
package io.meshlog.publisher.once;

import org.jspecify.annotations.NullMarked;
