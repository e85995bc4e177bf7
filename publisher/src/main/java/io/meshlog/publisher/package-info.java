/**
 * Hops 1 and 2 of 7: in come a cluster's Kubernetes objects from a source, on the source's thread, out go sessions of
 * range frames and changes to a gateway. What is decided in between is decided on one thread, "publisher-" and the
 * cluster's name.
 *
 * <p>The way: {@code source} -> {@code k8s} -> {@code export} -> {@code outbox} -> {@code grpc}. Read {@link
 * io.meshlog.publisher.export.ExportPolicy} and {@link io.meshlog.publisher.outbox.Outbox} first.
 */
@NullMarked
package io.meshlog.publisher;

import org.jspecify.annotations.NullMarked;
