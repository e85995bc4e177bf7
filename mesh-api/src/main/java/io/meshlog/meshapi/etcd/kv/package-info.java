/**
 * Hop 7 of 7: in come etcd's reads and writes of keys, out go answers from the replica's store, and events. Reads run on
 * the readers' threads, never on event loops.
 */
@NullMarked
package io.meshlog.meshapi.etcd.kv;

import org.jspecify.annotations.NullMarked;
