/** How much a fleet carries: events decided in a second, and how long replicas and watches take to have it all. */
@NullMarked
package io.meshlog.bench.scale;

import org.jspecify.annotations.NullMarked;
