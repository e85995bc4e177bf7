/** The fleet's topics against a real broker: written without holes, read without skipping. */
@NullMarked
package io.meshlog.it.log;

import org.jspecify.annotations.NullMarked;
