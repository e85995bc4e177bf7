/** The commands run whole, in this process, against a server on loopback that answers what the test tells it to. */
package io.meshlog.cli;
