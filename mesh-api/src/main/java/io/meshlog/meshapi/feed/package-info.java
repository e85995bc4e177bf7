/**
 * Hop 5 of 7: the feed. Reads the changelog on one thread and applies whole writes to the store; tells the watch hub and
 * the gateway what was applied, on the same thread.
 */
@NullMarked
package io.meshlog.meshapi.feed;

import org.jspecify.annotations.NullMarked;
