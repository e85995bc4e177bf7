/**
 * After hop 7 of 7: how a client command finds its server, reaches it, and says in words what went wrong. No command
 * knows how a server works inside; whatever speaks {@code meshlog.v1} can be asked.
 */
@NullMarked
package io.meshlog.cli.client;

import org.jspecify.annotations.NullMarked;
