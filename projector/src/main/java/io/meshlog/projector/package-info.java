/**
 * Hops 3 and 4 of 7: in come the fleet's events, out go its changes. The only user of Kafka Streams.
 */
@NullMarked
package io.meshlog.projector;

import org.jspecify.annotations.NullMarked;
