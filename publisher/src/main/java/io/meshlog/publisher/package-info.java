/**
 * Hops 1 and 2 of 7: in come a cluster's objects from its sources, out go sessions of range frames and changes to a
 * gateway.
 */
@NullMarked
package io.meshlog.publisher;

import org.jspecify.annotations.NullMarked;
