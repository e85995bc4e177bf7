/** After hop 7 of 7: the commands of a fleet's operators. Each sends one command and waits for the fleet's decision. */
@NullMarked
package io.meshlog.cli.admin;

import org.jspecify.annotations.NullMarked;
