package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is applied at once.
 *
 * @param entries resources, known deletes and sessions; of several with one key the last one counts
 * @param forgotten other keys, which the changelog no longer knows
 * @param position after it
 */
public record StoreBatch(List<Entry> entries, List<ResourceKey> forgotten, StorePosition position) {
    public StoreBatch {
        Map<ResourceKey, Entry> latest = LinkedHashMap.newLinkedHashMap(entries.size());
        entries.forEach(entry -> latest.put(entry.key(), entry));
        entries = List.copyOf(latest.values());
        forgotten = List.copyOf(forgotten);
    }
}
