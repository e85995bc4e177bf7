package io.meshlog.meshapi.feed;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaStore;
import java.util.List;

/** Applies a changelog to a store write by write, for tests of what comes after the feed. */
public final class ReplicaFoldAccess {
    private final ReplicaFold fold;

    public ReplicaFoldAccess(ReplicaStore store) {
        fold = new ReplicaFold(store);
        fold.becomeExact();
    }

    /** The writes that became whole. */
    public List<AppliedWrite> take(List<ChangeRecord> records) {
        return records.isEmpty()
                ? List.of()
                : fold.take(records, records.getLast().offset() + 1).stream()
                        .flatMap(batch -> batch.writes().stream())
                        .toList();
    }
}
