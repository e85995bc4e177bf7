package io.meshlog.meshapi.watch;

import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StorePosition;
import org.jspecify.annotations.Nullable;

/** What a watch sees of its hub. */
interface HubView {
    Ring ring();

    ChangeEncoder encoder();

    HubLimits limits();

    /** Where the store is; null while it is between two revisions, or not to be trusted. */
    @Nullable
    StorePosition position();

    /** A view of the store; null while it is between two revisions, or not to be trusted. */
    @Nullable
    ReplicaSnapshot snapshot();

    long nowMs();

    void fault(RuntimeException fault);
}
