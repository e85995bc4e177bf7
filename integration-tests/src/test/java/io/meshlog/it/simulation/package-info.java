/** The whole path in one thread, from one seed: publishers, gateways, the fold, replicas and watches, with faults. */
package io.meshlog.it.simulation;
