/** The etcd face of a whole fleet, over etcd's own client, Cilium's own reader and bare gRPC. */
package io.meshlog.it.etcd;
