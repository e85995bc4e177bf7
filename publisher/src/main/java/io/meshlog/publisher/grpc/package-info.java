/**
 * Hop 2 of 7: a session's events come in on the publisher's thread and go out as messages of one {@code
 * meshlog.v1.Publishing/Publish} stream; the gateway's answers come in on gRPC's threads and go out to whoever listens,
 * who hands them to the publisher's thread.
 */
@NullMarked
package io.meshlog.publisher.grpc;

import org.jspecify.annotations.NullMarked;
