package io.meshlog.events.model;

import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was decided: one change of the fleet's state.
 *
 * @param revision the revision of its write; for TRACE and DIGEST, which are no writes, the one the fleet was at
 * @param index its place within its write, from 0
 * @param count how many changes its write has; 0 for TRACE and DIGEST
 * @param version 1 for a creation, 0 for a deletion
 * @param lease 0 for none
 * @param value null for a deletion
 */
public record FleetChange(
        long revision,
        int index,
        int count,
        Op op,
        Kind kind,
        ResourceKey key,
        long createRevision,
        long version,
        Origin origin,
        long lease,
        Provenance provenance,
        @Nullable EncodedValue value) {

    /** What became of the key. */
    public enum Op {
        UPSERT,
        DELETE,
        TRACE,
        DIGEST
    }

    /** Through which door a write came. */
    public enum Origin {
        SESSION,
        ETCD,
        OPERATOR,
        FOLD
    }

    /**
     * Where a change comes from; never part of identity or digests.
     *
     * @param cluster null for the fleet's own writers
     * @param observedAtMicros microseconds since 1970 by the writer's clock
     */
    public record Provenance(
            @Nullable String cluster,
            String principal,
            UUID eventId,
            long eventOffset,
            OptionalLong observedAtMicros) {}

    /** Whether it changes a resource, and so belongs to a write. */
    public boolean isWrite() {
        return switch (op) {
            case UPSERT, DELETE -> true;
            case TRACE, DIGEST -> false;
        };
    }
}
