/**
 * Hops 2 and 7 of 7: in comes every call from outside, on the thread gRPC calls handlers on; out goes the same call with
 * its principal, or its refusal. Nothing here blocks.
 */
@NullMarked
package io.meshlog.meshapi.access;

import org.jspecify.annotations.NullMarked;
