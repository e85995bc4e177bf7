/**
 * Hop 2 of 7: operators' commands. In come calls of the Admin service; out go events said by the gateway itself, and the
 * fold's answers as responses, on the gateway's one thread.
 */
@NullMarked
package io.meshlog.meshapi.command;

import org.jspecify.annotations.NullMarked;
