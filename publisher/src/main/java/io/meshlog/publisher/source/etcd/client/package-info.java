/**
 * Hop 1 of 7: a thin client of an etcd, for whoever reads an existing one or fills another. In come calls of etcd's own API,
 * out go pages of keys and messages of watches, each on the thread that asks for them: whoever is slow slows the etcd's
 * stream, and nothing piles up.
 */
@NullMarked
package io.meshlog.publisher.source.etcd.client;

import org.jspecify.annotations.NullMarked;
