/**
 * Hops 2 and 7 of 7: how calls fail. A closed list of reasons goes in, what a gRPC client sees comes out. In memory only;
 * safe on any thread.
 */
@NullMarked
package io.meshlog.meshapi.failure;

import org.jspecify.annotations.NullMarked;
