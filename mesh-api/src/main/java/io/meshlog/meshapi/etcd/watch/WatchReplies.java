package io.meshlog.meshapi.etcd.watch;

import io.meshlog.meshapi.etcd.watch.KeyWatch.Batch;
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

    WatchResponse created(long id, long revision) {
        return of(id, revision).setCreated(true).build();
    }

    WatchResponse canceled(long id, long revision) {
        return of(id, revision).setCanceled(true).build();
    }

    /** A watch that could not be created. */
    WatchResponse refused(long revision, String reason) {
        return of(ALL, revision)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build();
    }

    /** The end of a watch that cannot be given what it needs: its client lists anew. */
    WatchResponse compacted(long id, long firstHeld, String reason) {
        return of(id, firstHeld - 1)
                .setCanceled(true)
                .setCompactRevision(firstHeld)
                .setCancelReason(reason)
                .build();
    }

    WatchResponse progress(long id, long revision) {
        return of(id, revision).build();
    }

    WatchResponse heartbeat(KeyWatch watch, long newest) {
        long revision = watch.complete(newest);
        return of(watch.id, revision)
                .addEvents(Event.newBuilder().setKv(heartbeat.at(revision, false)))
                .build();
    }

    /** One message, or several where the client takes a revision in parts. */
    List<WatchResponse> events(KeyWatch watch, Batch batch) {
        if (!watch.fragment) {
            return List.of(of(watch.id, batch.upTo).addAllEvents(batch.events).build());
        }
        List<WatchResponse> parts = new ArrayList<>();
        // only with its last part a revision is given
        WatchResponse.Builder part = of(watch.id, watch.next - 1);
        int bytes = 0;
        for (Event event : batch.events) {
            int size = event.getSerializedSize();
            if (part.getEventsCount() > 0 && bytes + size > FRAGMENT_BYTES) {
                parts.add(part.setFragment(true).build());
                part = of(watch.id, watch.next - 1);
                bytes = 0;
            }
            part.addEvents(event);
            bytes += size;
        }
        parts.add(part.setHeader(headers.at(logId, batch.upTo)).build());
        return parts;
    }
}
