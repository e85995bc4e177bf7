/**
 * A cluster's real API server, kube-apiserver and etcd with Cilium's definitions, and the publisher in a process of its own,
 * through a whole fleet to the keys that Cilium's agents read.
 */
package io.meshlog.it.kubernetes;
