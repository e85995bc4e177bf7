/**
 * The model as Avro bytes and back, under every schema that was ever released. In memory only; safe on any thread.
 */
@NullMarked
package io.meshlog.events.codec;

import org.jspecify.annotations.NullMarked;
