/**
 * Hop 2 of 7: what every door to the log shares. In come events and, from the changelog's thread, what became of them; out
 * go appends and answers. Everything happens on the gateway's one thread.
 */
@NullMarked
package io.meshlog.meshapi.writing;

import org.jspecify.annotations.NullMarked;
