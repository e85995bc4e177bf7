package io.meshlog.meshapi.writing;

import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import org.jspecify.annotations.Nullable;

/**
 * The fleet as the replica beside the gateway holds it. Point reads, quick enough for the gateway's thread; safe on any
 * thread.
 */
public interface FleetView {
    /** Why the replica is not complete up to a recent revision, in words; null when it is. */
    @Nullable
    String notReady();

    /** Null before the founding: nothing may be said to a log that was not founded. */
    @Nullable
    Fleet fleet();

    /** Null where the cluster is not admitted. */
    @Nullable
    Cluster cluster(String name);

    /** A writer's last session, null before its first. */
    @Nullable
    Session session(ResourceKey key);
}
