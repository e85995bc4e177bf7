/**
 * Hops 1 and 7 of 7: in come resources, out go the bytes Cilium keeps for them in etcd, and back. Pure; on any thread.
 */
@NullMarked
package io.meshlog.events.etcd.value;

import org.jspecify.annotations.NullMarked;
