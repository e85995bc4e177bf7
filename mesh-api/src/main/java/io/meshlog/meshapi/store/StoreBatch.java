package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import java.util.List;

/**
 * What is applied at once.
 *
 * @param entries in the order of the changelog: resources, known deletes, sessions
 * @param forgotten keys whose deletes the changelog no longer knows
 * @param position after it
 */
public record StoreBatch(List<Entry> entries, List<ResourceKey> forgotten, StorePosition position) {
    public StoreBatch {
        entries = List.copyOf(entries);
        forgotten = List.copyOf(forgotten);
    }
}
