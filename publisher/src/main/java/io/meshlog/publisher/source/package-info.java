/**
 * Hop 1 of 7: where what a cluster exports comes from. A source tells all of it once it knows it all, and then what changes,
 * on a thread of its own.
 */
@NullMarked
package io.meshlog.publisher.source;

import org.jspecify.annotations.NullMarked;
