/**
 * Hop 1 of 7: generic YAML or JSON trees come in, typed Kubernetes objects go out, or an error that names the file, the
 * line and the path of what is wrong.
 *
 * <p>Pure: no I/O, no state. Safe on any thread.
 */
@NullMarked
package io.meshlog.publisher.k8s.read;

import org.jspecify.annotations.NullMarked;
