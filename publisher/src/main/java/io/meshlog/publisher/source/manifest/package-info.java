/**
 * Hop 1 of 7: a directory tree of Kubernetes YAML comes in from the disk, the objects in it and their changes go out to
 * the source's listener. On a thread of its own, "manifest-source".
 */
@NullMarked
package io.meshlog.publisher.source.manifest;

import org.jspecify.annotations.NullMarked;
