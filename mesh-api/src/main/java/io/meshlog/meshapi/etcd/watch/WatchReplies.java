package io.meshlog.meshapi.etcd.watch;

import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.ResponseHeader;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The messages of a stream. Every one has a header, and its revision is never ahead of what the watch was given: clients
 * resume one after it. For its stream's thread.
 */
final class WatchReplies {
    /** Stands for all watches of a stream, or for none. */
    static final long ALL = -1;

    /** Where a client takes fragments, a message has about so many bytes: etcd's own size. */
    private static final int FRAGMENT_BYTES = 1_536 << 10;

    private final UUID logId;
    private final Headers headers;
    private final Heartbeat heartbeat;

    WatchReplies(UUID logId, Headers headers, Heartbeat heartbeat) {
        this.logId = logId;
        this.headers = headers;
        this.heartbeat = heartbeat;
    }

    private WatchResponse.Builder of(long id, long revision) {
        ResponseHeader header = headers.at(logId, revision);
        return WatchResponse.newBuilder().setHeader(header).setWatchId(id);
    }

    private static WatchMessage message(WatchResponse.Builder response) {
        return WatchMessage.of(response.build());
    }

    WatchMessage created(long id, long revision) {
        return message(of(id, revision).setCreated(true));
    }

    WatchMessage canceled(long id, long revision) {
        return message(of(id, revision).setCanceled(true));
    }

    /** A watch that could not be created. */
    WatchMessage refused(long revision, String reason) {
        return message(of(ALL, revision).setCreated(true).setCanceled(true).setCancelReason(reason));
    }

    /** The end of a watch that cannot be given what it needs: its client lists anew. */
    WatchMessage compacted(long id, long firstHeld, String reason) {
        return message(of(id, firstHeld - 1)
                .setCanceled(true)
                .setCompactRevision(firstHeld)
                .setCancelReason(reason));
    }

    WatchMessage progress(long id, long revision) {
        return message(of(id, revision));
    }

    WatchMessage heartbeat(KeyWatch watch, long newest) {
        long revision = watch.complete(newest);
        return message(of(watch.id, revision).addEvents(Event.newBuilder().setKv(heartbeat.at(revision, false))));
    }

    /** One message, or several where the client takes a revision in parts. */
    List<WatchMessage> events(KeyWatch watch, EventBatch batch) {
        WatchResponse last = of(watch.id, batch.upTo()).build();
        if (!watch.fragment || batch.bytes().length <= FRAGMENT_BYTES) {
            return List.of(WatchMessage.of(last, batch, 0, batch.bytes().length));
        }
        List<WatchMessage> parts = new ArrayList<>();
        // only with its last part a revision is given
        WatchResponse part = of(watch.id, watch.next - 1).setFragment(true).build();
        int from = 0;
        int to = 0;
        for (int end : batch.ends()) {
            if (to > from && end - from > FRAGMENT_BYTES) {
                parts.add(WatchMessage.of(part, batch, from, to));
                from = to;
            }
            to = end;
        }
        parts.add(WatchMessage.of(last, batch, from, to));
        return parts;
    }
}
