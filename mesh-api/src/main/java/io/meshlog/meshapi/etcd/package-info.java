/**
 * Hop 7 of 7: the etcd v3 face. In come calls of Cilium's agents and other etcd clients, out go the fleet's resources as
 * Cilium's own keys: what a key is says {@code events.etcd}. Below it {@code kv} reads and writes, {@code watch} streams,
 * {@code lease} keeps leases, {@code wire} is what they share. Calls arrive on event loops and never wait there.
 */
@NullMarked
package io.meshlog.meshapi.etcd;

import org.jspecify.annotations.NullMarked;
