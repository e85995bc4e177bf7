/**
 * Hop 2 of 7: what the cluster declares comes in, one session's range frames and changes go out to a gateway, and its acks
 * come back. On the publisher's one thread.
 *
 * <p>Pure but for what it is given: time is passed in, chance and ids come by constructor, the gateway is behind {@link
 * io.meshlog.publisher.outbox.Link}.
 */
@NullMarked
package io.meshlog.publisher.outbox;

import org.jspecify.annotations.NullMarked;
