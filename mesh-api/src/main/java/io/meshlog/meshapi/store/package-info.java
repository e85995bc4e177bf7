/**
 * Hop 5 of 7: the replica's store. Whole writes of the changelog come in from the feed's thread; consistent snapshots go
 * out to any thread.
 */
@NullMarked
package io.meshlog.meshapi.store;

import org.jspecify.annotations.NullMarked;
