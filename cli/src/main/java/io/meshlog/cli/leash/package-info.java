/** Keeps a program that is not ours from outliving its {@code up}. One class that needs no other, so that it fits on any class path. */
@NullMarked
package io.meshlog.cli.leash;

import org.jspecify.annotations.NullMarked;
