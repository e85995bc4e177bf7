/**
 * Hop 7 of 7: what all of etcd's operations have in common: headers, errors, the virtual heartbeat, who asks. In memory
 * only; on any thread.
 */
@NullMarked
package io.meshlog.meshapi.etcd.wire;

import org.jspecify.annotations.NullMarked;
