/**
 * Hop 7 of 7: in come watches and reads of agents and people, out go what the store holds and what the watch hub sends, as
 * gRPC. Calls arrive on event loops and are never held up there: reads of the store go to {@link
 * io.meshlog.meshapi.replica.ReadExecutor}.
 */
@NullMarked
package io.meshlog.meshapi.grpc;

import org.jspecify.annotations.NullMarked;
