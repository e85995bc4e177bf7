/**
 * The servers as commands: each runs one part of the fleet's control plane in this process, in the foreground, until
 * SIGTERM or Ctrl-C. Configuration files and variables are the parts' own; a command only brings them together.
 */
@NullMarked
package io.meshlog.cli.serve;

import org.jspecify.annotations.NullMarked;
