package io.meshlog.meshapi.etcd.write;

import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;

/** The leases there are, as this replica knows them. Safe on any thread. */
public interface Leases {
    /** The record of a lease; null where there is none. */
    @Nullable
    ResourceKey record(long id);
}
