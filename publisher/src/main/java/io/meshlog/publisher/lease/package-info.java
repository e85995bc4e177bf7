/**
 * Hop 2 of 7, beside it: which of several publishers of one cluster speaks for it, by a Lease object of the cluster's
 * Kubernetes API. Works on the client's threads.
 */
@NullMarked
package io.meshlog.publisher.lease;

import org.jspecify.annotations.NullMarked;
