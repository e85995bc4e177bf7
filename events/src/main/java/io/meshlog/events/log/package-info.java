/**
 * The fleet's topics: made and checked, written and read. Start offsets are chosen, never defaulted.
 */
@NullMarked
package io.meshlog.events.log;

import org.jspecify.annotations.NullMarked;
