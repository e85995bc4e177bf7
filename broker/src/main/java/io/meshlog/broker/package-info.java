/**
 * The embedded broker: Apache Kafka in KRaft mode from its own artifacts, on loopback; as a child process for {@code
 * meshlog up}, and one or three nodes in one process for tests.
 */
@NullMarked
package io.meshlog.broker;

import org.jspecify.annotations.NullMarked;
