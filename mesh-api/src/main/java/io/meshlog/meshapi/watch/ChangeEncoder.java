package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.ResourceKey;
import java.util.Map;

/** Entries as encoded {@code meshlog.v1.Change} messages. Safe on any thread. */
public interface ChangeEncoder {
    /** The resource is, or is now, this. */
    byte[] upsert(Entry entry);

    /**
     * The resource is gone, or no longer selected.
     *
     * @param deselected whether it still exists
     */
    byte[] removal(ResourceKey key, long revision, boolean deselected);

    /** The labels that selectors match; empty for deletes. */
    Map<String, String> labels(Entry entry);
}
