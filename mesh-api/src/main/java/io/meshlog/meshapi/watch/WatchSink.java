package io.meshlog.meshapi.watch;

import java.util.List;

/**
 * Where a watch delivers to. Called by one thread at a time, never after {@link #closed}. No method blocks.
 */
public interface WatchSink {
    /** Whether another batch may be sent now. When it becomes true again, the sink's owner calls {@link Watch#onReady}. */
    boolean isReady();

    /** Changes in order, each an encoded {@code meshlog.v1.Change}, shared with other watches: not to be written to. */
    void send(List<byte[]> changes);

    /** The snapshot or catch-up is complete; what was sent is the state at the token's revision. */
    void synced(ResumeToken token);

    /** Everything up to the token's revision was sent. */
    void bookmark(ResumeToken token);

    /** Forget everything: a snapshot follows. */
    void resync(String reason);

    /** The watch has ended by itself; nothing follows. */
    void closed(WatchEnd end);
}
