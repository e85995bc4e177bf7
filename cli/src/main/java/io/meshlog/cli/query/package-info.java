/**
 * After hop 7 of 7: the commands that ask once, {@code get} and {@code status}. A request goes out, what comes back goes
 * to a printer while it comes.
 */
@NullMarked
package io.meshlog.cli.query;

import org.jspecify.annotations.NullMarked;
