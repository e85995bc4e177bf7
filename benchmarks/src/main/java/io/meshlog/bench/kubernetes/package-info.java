/** A large cluster's Kubernetes API, its publisher and an agent at the far end: latency, memory and CPU of the whole way. */
@NullMarked
package io.meshlog.bench.kubernetes;

import org.jspecify.annotations.NullMarked;
