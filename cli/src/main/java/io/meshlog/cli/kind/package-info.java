/**
 * How each kind of resource is called and shown to a person: its words on the command line, its table's columns, its
 * one-line summary. Pure functions of what the server sent; a new kind is one class here and one constant of
 * {@link io.meshlog.cli.kind.ResourceKind}.
 */
@NullMarked
package io.meshlog.cli.kind;

import org.jspecify.annotations.NullMarked;
