/**
 * Beside hops 3 and 4 of 7: the fold's whole state at a revision, in bounded parts, as records of the checkpoints topic and
 * as a file. What is read is checked: that all parts are there, that each has the bytes that were written, and that
 * together they give the digest. On whichever thread asks; everything here blocks.
 */
@NullMarked
package io.meshlog.events.checkpoint;

import org.jspecify.annotations.NullMarked;
