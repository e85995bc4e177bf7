/**
 * Records on the wire: the Confluent format, the headers beside it, and the schema registry that strangers ask.
 *
 * <p>Nothing of Meshlog's own waits for the registry to read: every record carries its schema's fingerprint as a header,
 * and every released schema is compiled in.
 */
@NullMarked
package io.meshlog.events.wire;

import org.jspecify.annotations.NullMarked;
