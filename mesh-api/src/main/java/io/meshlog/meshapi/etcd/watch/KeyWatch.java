package io.meshlog.meshapi.etcd.watch;

import io.meshlog.meshapi.etcd.keys.KeyRange;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest.FilterType;
import java.util.ArrayList;
import java.util.List;

/**
 * One watch of a stream: what it wants, and the first revision it still needs. It holds no events: a slow client costs no
 * memory. For its stream's thread.
 *
 * <p>Worked example: created from revision 5 at revision 9 it needs 5. Given 5 to 7 in a message whose header says 7, it
 * needs 8; a client that comes back with 7 + 1 misses nothing.
 */
final class KeyWatch {
    /** A message is sent when it has about so many bytes of events; a revision is never split for that. */
    private static final int BATCH_BYTES = 64 << 10;

    private static final int BATCH_EVENTS = 1_000;

    /** What a watch needs next and what it can be given of it. */
    static final class Batch {
        final List<Event> events = new ArrayList<>();
        private int bytes;
        /** Everything up to here is in it, or was given before. */
        long upTo;

        boolean isFull() {
            return bytes >= BATCH_BYTES || events.size() >= BATCH_EVENTS;
        }
    }

    final long id;
    final KeyRange range;
    final boolean fragment;
    final boolean progress;
    private final boolean previous;
    private final boolean puts;
    private final boolean deletes;
    /** The first revision that is still needed. */
    long next;

    /** When it was last sent anything, by the stream's clock. */
    long sentAtMs;

    /** When it was last sent the heartbeat, by the stream's clock. */
    long heartbeatAtMs;

    KeyWatch(long id, KeyRange range, WatchCreateRequest request, long next, long nowMs) {
        this.id = id;
        this.range = range;
        this.fragment = request.getFragment();
        this.progress = request.getProgressNotify();
        this.previous = request.getPrevKv();
        this.puts = !request.getFiltersList().contains(FilterType.NOPUT);
        this.deletes = !request.getFiltersList().contains(FilterType.NODELETE);
        this.next = next;
        this.sentAtMs = nowMs;
        this.heartbeatAtMs = nowMs;
    }

    boolean hasHeartbeat() {
        return puts && range.contains(Heartbeat.KEY);
    }

    /** Adds what of the events it wants. */
    void take(Batch batch, List<ViewEvent> events) {
        for (ViewEvent event : events) {
            boolean wanted = event.isDelete() ? deletes : puts;
            if (wanted && range.contains(event.key())) {
                batch.events.add(event.event(previous));
                batch.bytes += event.bytes();
            }
        }
    }

    /** Up to which revision it has been given everything, as far as there is anything. */
    long complete(long newest) {
        return Math.min(next - 1, newest);
    }
}
