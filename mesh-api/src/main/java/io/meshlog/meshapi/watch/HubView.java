package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StorePosition;

/** What a watch sees of its hub. */
interface HubView {
    Ring ring();

    ChangeEncoder encoder();

    HubLimits limits();

    /** Whether the store is at one revision, rather than between two. */
    boolean servable();

    StorePosition position();

    ReplicaSnapshot snapshot();

    long nowMs();

    void fault(RuntimeException fault);
}
