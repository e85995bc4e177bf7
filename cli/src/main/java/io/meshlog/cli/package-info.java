/**
 * The {@code meshlog} command: a client of the native API. Only {@code up} wires servers.
 */
@NullMarked
package io.meshlog.cli;

import org.jspecify.annotations.NullMarked;
