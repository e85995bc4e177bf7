/**
 * After hop 7 of 7: what a shell needs to complete the command's words. The script is made from the commands themselves; the
 * names that only the fleet knows come from a server, when they are to be completed.
 */
@NullMarked
package io.meshlog.cli.completion;

import org.jspecify.annotations.NullMarked;
