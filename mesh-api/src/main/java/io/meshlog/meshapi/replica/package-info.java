/**
 * Hop 5 of 7, as the doors see it: the store and the feed as one replica, that says whether what it holds may be served
 * and how good it is. Called on any thread; reads of the store are quick and not for event loops.
 */
@NullMarked
package io.meshlog.meshapi.replica;

import org.jspecify.annotations.NullMarked;
