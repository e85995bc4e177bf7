/** What the projector promises, on a real broker. */
@NullMarked
package io.meshlog.it.projector;

import org.jspecify.annotations.NullMarked;
