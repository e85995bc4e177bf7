/**
 * Hop 6 of 7: the watch hub. Applied writes come in from the feed's thread; each watch gets a snapshot and then every
 * change it asked for, on one of the hub's threads, at the pace its reader takes.
 *
 * <p>Pure: no Kafka, gRPC, RocksDB or clock; stores, encoders, executors and time come in by constructor.
 */
@NullMarked
package io.meshlog.meshapi.watch;

import org.jspecify.annotations.NullMarked;
