/**
 * {@code meshlog up}: a whole fleet on this machine, each part a process of its own, on loopback.
 */
@NullMarked
package io.meshlog.cli.up;

import org.jspecify.annotations.NullMarked;
