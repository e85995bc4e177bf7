/**
 * Hops 2 and 5 to 7 of 7: in come what clusters say and what the fleet decided, out go watches and reads at the faces
 * agents know.
 */
@NullMarked
package io.meshlog.meshapi;

import org.jspecify.annotations.NullMarked;
