/**
 * Hop 7 of 7: in come etcd's writes, out go events, and when they are decided the answers. What a request means is worked
 * out on the readers' threads; the gateway's one thread speaks to the log.
 */
@NullMarked
package io.meshlog.meshapi.etcd.write;

import org.jspecify.annotations.NullMarked;
