/**
 * One Kafka broker, made from Kafka's own artifacts: a child process of {@code meshlog up}, and inside tests.
 *
 * <p>It knows nothing of Meshlog; what is said and decided goes through it as through any other Kafka cluster.
 */
@NullMarked
package io.meshlog.broker;

import org.jspecify.annotations.NullMarked;
