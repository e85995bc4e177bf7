/** Real processes, and how they end. */
package io.meshlog.cli.leash;
