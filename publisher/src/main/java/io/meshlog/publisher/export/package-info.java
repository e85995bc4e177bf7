/**
 * Hop 1 of 7: changes of Kubernetes objects come in, changes of what the cluster declares to the fleet go out, by the
 * rules of Cilium 1.20's clustermesh-apiserver. On the publisher's one thread.
 *
 * <p>Pure: no I/O, no clock, no chance, no transport.
 */
@NullMarked
package io.meshlog.publisher.export;

import org.jspecify.annotations.NullMarked;
