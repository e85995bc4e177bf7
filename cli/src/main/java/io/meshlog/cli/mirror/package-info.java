/**
 * After hop 7 of 7: in come the keys of a Meshlog's etcd face, out go the same keys in a plain etcd. One thread reads and
 * writes, so what is read waits for what is written.
 */
@NullMarked
package io.meshlog.cli.mirror;

import org.jspecify.annotations.NullMarked;
