package io.meshlog.events.fold;

import io.meshlog.events.model.EncodedValue;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import org.jspecify.annotations.Nullable;

/**
 * What the state keeps under one key: a live resource, or a delete that is still known.
 *
 * @param modRevision the revision of the last write; for a session, the revision the fleet was at
 * @param version 0 where deleted
 * @param eventOffset of the event that caused the last write
 * @param hash what it adds to its prefix's digest; zero where deleted, and for sessions
 * @param value null exactly where deleted
 */
public record Entry(
        ResourceKey key,
        Kind kind,
        long modRevision,
        long createRevision,
        long version,
        Origin origin,
        long lease,
        long eventOffset,
        Hash128 hash,
        @Nullable EncodedValue value) {

    public boolean deleted() {
        return value == null;
    }

    /** What a change leaves under its key. DIGEST changes leave nothing and are not to be asked for. */
    public static Entry of(FleetChange change) {
        EncodedValue value = change.value();
        Hash128 hash = value == null || change.kind() == Kind.SESSION
                ? Hash128.ZERO
                : Hash128.of(change.key(), change.revision(), value.bytes().shared());
        return new Entry(
                change.key(),
                change.kind(),
                change.revision(),
                change.createRevision(),
                change.version(),
                change.origin(),
                change.lease(),
                change.provenance().eventOffset(),
                hash,
                value);
    }
}
