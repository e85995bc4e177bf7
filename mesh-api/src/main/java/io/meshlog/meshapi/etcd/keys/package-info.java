/**
 * Hop 7 of 7: in come keys of etcd, out go keys of resources, and back. Keys are strings of one char a byte
 * (ISO-8859-1), so that their order is the order of the bytes. Pure; on any thread.
 */
@NullMarked
package io.meshlog.meshapi.etcd.keys;

import org.jspecify.annotations.NullMarked;
