/**
 * How results reach standard output: as tables for people, as JSON, YAML, JSON lines or names for programs. Printers
 * hold no more than a bounded part of a result, so that a list of any size can pass through.
 */
@NullMarked
package io.meshlog.cli.print;

import org.jspecify.annotations.NullMarked;
