/**
 * Hop 1 of 7: where a cluster's Kubernetes objects come from. A source tells all of them once it knows them all, and then
 * what changes, on a thread of its own.
 */
@NullMarked
package io.meshlog.publisher.source;

import org.jspecify.annotations.NullMarked;
