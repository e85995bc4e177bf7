package io.meshlog.meshapi.etcd.watch;

import io.meshlog.meshapi.etcd.wire.Heartbeat;

/**
 * One watch of a stream: what it wants, and the first revision it still needs. It holds no events: a slow client costs no
 * memory. For its stream's thread.
 *
 * <p>Worked example: created from revision 5 at revision 9 it needs 5. Given 5 to 7 in a message whose header says 7, it
 * needs 8; a client that comes back with 7 + 1 misses nothing.
 */
final class KeyWatch {
    final long id;
    final Interest interest;
    final boolean fragment;
    final boolean progress;
    /** The first revision that is still needed. */
    long next;

    /** When it was last sent anything, by the stream's clock. */
    long sentAtMs;

    /** When it was last sent the heartbeat, by the stream's clock. */
    long heartbeatAtMs;

    KeyWatch(long id, Interest interest, boolean fragment, boolean progress, long next, long nowMs) {
        this.id = id;
        this.interest = interest;
        this.fragment = fragment;
        this.progress = progress;
        this.next = next;
        this.sentAtMs = nowMs;
        this.heartbeatAtMs = nowMs;
    }

    boolean hasHeartbeat() {
        return interest.puts() && interest.range().contains(Heartbeat.KEY);
    }

    /** Up to which revision it has been given everything, as far as there is anything. */
    long complete(long newest) {
        return Math.min(next - 1, newest);
    }
}
