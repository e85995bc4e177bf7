/**
 * Hops 1 and 7 of 7, for whoever reads or serves an etcd: in come keys of etcd, out go keys of resources, and back. Keys
 * are strings of one char a byte (ISO-8859-1), so that their order is the order of the bytes. Pure; on any thread.
 */
@NullMarked
package io.meshlog.events.etcd.keys;

import org.jspecify.annotations.NullMarked;
