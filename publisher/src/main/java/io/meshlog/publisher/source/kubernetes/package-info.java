/**
 * Hop 1 of 7: a cluster's Kubernetes API comes in by informers, on the client's threads, pruned to what is exported as it
 * arrives; out go, on one thread named "kubernetes-source", all objects once every kind has been listed and then the
 * latest change of each.
 */
@NullMarked
package io.meshlog.publisher.source.kubernetes;

import org.jspecify.annotations.NullMarked;
