package io.meshlog.meshapi.store;

import io.meshlog.events.fold.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One whole write of the fleet, as the store applied it. */
public record AppliedWrite(long revision, List<Change> changes) {
    public AppliedWrite {
        changes = List.copyOf(changes);
    }

    /**
     * One change of a write.
     *
     * @param before what was under the key, known deletes included, null where there was nothing
     */
    public record Change(@Nullable Entry before, Entry after) {}
}
