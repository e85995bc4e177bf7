/**
 * After hop 7 of 7: {@code watch}. One watch outlives its connections: the main thread reads a stream, prints, and opens
 * the next stream with the last token.
 */
@NullMarked
package io.meshlog.cli.watch;

import org.jspecify.annotations.NullMarked;
