/**
 * Hop 1 of 7: the Kubernetes objects a cluster's export is made of, with the fields it needs and no others. They come in
 * from a source through {@code k8s.read} and go out to {@code export}.
 *
 * <p>Immutable; safe on any thread.
 */
@NullMarked
package io.meshlog.publisher.k8s;

import org.jspecify.annotations.NullMarked;
