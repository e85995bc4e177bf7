/**
 * Beside hops 3 and 4 of 7: a fleet as a file, and back from it. The newest whole checkpoint and the events after it come
 * out of one Kafka and go into the empty topics of another. For one thread of a command; everything here blocks.
 */
@NullMarked
package io.meshlog.projector.backup;

import org.jspecify.annotations.NullMarked;
