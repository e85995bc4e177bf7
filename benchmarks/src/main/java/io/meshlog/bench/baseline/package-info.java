/** The figures that releases are compared by: latency, fan-out, snapshot, resume, bootstrap, start and memory of each part. */
@NullMarked
package io.meshlog.bench.baseline;

import org.jspecify.annotations.NullMarked;
