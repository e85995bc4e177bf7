/**
 * Hop 1 of 7: in come the keys that a cluster's own clustermesh-apiserver keeps in its etcd, out go resources, on the source's
 * one thread.
 */
@NullMarked
package io.meshlog.publisher.source.etcd;

import org.jspecify.annotations.NullMarked;
