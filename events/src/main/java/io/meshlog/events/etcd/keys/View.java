package io.meshlog.events.etcd.keys;

import org.jspecify.annotations.Nullable;

/**
 * What one reader sees of the fleet as an etcd: the state of one cluster as that cluster's own etcd would hold it, and
 * beside it everybody's as {@code kvstoremesh} would have copied it.
 *
 * @param cluster whose {@code cilium/state/...} and unknown keys are seen; null for nobody's
 */
public record View(@Nullable String cluster) {
    boolean isOwn(String other) {
        return other.equals(cluster);
    }
}
