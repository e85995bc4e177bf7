/**
 * Hop 7 of 7: in come etcd's requests to watch, out go events: from the newest writes in memory, or for a watch that is
 * further behind from the store. What concerns one stream happens on one thread at a time; nothing on event loops.
 */
@NullMarked
package io.meshlog.meshapi.etcd.watch;

import org.jspecify.annotations.NullMarked;
