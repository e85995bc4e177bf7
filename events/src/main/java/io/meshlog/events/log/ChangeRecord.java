package io.meshlog.events.log;

import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.ResourceKey;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change where it stands in the changelog.
 *
 * @param offset in the changelog topic
 * @param timestampMs when the log took it in
 * @param logId of the fleet; null on a tombstone that has lost it
 * @param change null for a tombstone: the delete of the key is forgotten
 */
public record ChangeRecord(
        long offset,
        long timestampMs,
        @Nullable UUID logId,
        ResourceKey key,
        @Nullable FleetChange change) {}
