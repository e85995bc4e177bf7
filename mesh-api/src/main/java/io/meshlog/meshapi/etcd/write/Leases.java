package io.meshlog.meshapi.etcd.write;

import io.meshlog.events.model.ResourceKey;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The leases there are, as this replica knows them. Safe on any thread. */
public interface Leases {
    /** The record of a lease; null where there is none. */
    @Nullable
    ResourceKey record(long id);

    /** Completes when everything that was decided before this call is known here, or the log does not answer. */
    CompletionStage<Void> settled();
}
