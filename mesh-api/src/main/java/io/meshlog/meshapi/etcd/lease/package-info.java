/**
 * Hop 7 of 7: leases. A lease is a resource of its cluster, so it outlives the replica that granted it; keeping it alive
 * writes it again, and its end is a transaction that holds only while nobody did.
 */
@NullMarked
package io.meshlog.meshapi.etcd.lease;

import org.jspecify.annotations.NullMarked;
