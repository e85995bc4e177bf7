/** From a cluster's own etcd into the fleet, and back out of it, on real etcds. */
package io.meshlog.it.migration;
