package io.meshlog.meshapi.watch;

import java.util.ArrayList;
import java.util.List;

/** What goes out to one reader in one message. */
final class ChangeBatch {
    private final HubLimits limits;
    private final List<byte[]> changes = new ArrayList<>();
    private int bytes;

    ChangeBatch(HubLimits limits) {
        this.limits = limits;
    }

    void add(byte[] change) {
        changes.add(change);
        bytes += change.length;
    }

    /** Whether it is time to send; a write that is begun is still added as a whole. */
    boolean full() {
        return changes.size() >= limits.batchChanges() || bytes >= limits.batchBytes();
    }

    /** Sends what there is; nothing where there is nothing. */
    void sendTo(WatchSink sink) {
        if (!changes.isEmpty()) {
            sink.send(changes);
        }
    }
}
