/** The model as the messages of the gRPC API, both ways. In memory only; safe on any thread. */
@NullMarked
package io.meshlog.events.proto;

import org.jspecify.annotations.NullMarked;
