/**
 * The {@code meshlog} command: what it is called with, where it prints, how it ends.
 *
 * <p>The client commands speak the native API of a mesh-api replica and nothing else, after hop 7 of 7; the server
 * commands and {@code up} start the other hops. A client command must answer at once, so nothing here loads a class of
 * Kafka, Streams or RocksDB before a server command asks for it.
 *
 * <p>One thread, the main one, runs a command from its arguments to its exit code.
 */
@NullMarked
package io.meshlog.cli;

import org.jspecify.annotations.NullMarked;
