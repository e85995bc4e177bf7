package io.meshlog.meshapi.etcd.wire;

import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.access.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whose {@code cilium/state} a caller means: the configured cluster where there is one, else the one it speaks for. Safe on
 * any thread.
 *
 * @param configured null for none
 */
public record Views(@Nullable String configured) {
    public View of(Principal caller) {
        return new View(configured != null ? configured : caller.cluster());
    }
}
