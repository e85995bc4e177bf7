/**
 * Hop 2 of 7: the gateway. In come member clusters' publish streams, read and checked on gRPC's threads; out go events,
 * stamped with who says them, into the fleet's one log. All state belongs to the gateway's one thread.
 */
@NullMarked
package io.meshlog.meshapi.gateway;

import org.jspecify.annotations.NullMarked;
