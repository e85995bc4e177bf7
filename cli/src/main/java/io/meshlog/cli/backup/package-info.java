/**
 * After hop 7 of 7: the fleet's checkpoints, and the fleet as a file. Asking for checkpoints goes through a server, as every
 * command of operators; files are written from Kafka and back into it, with nothing of the fleet running.
 */
@NullMarked
package io.meshlog.cli.backup;

import org.jspecify.annotations.NullMarked;
