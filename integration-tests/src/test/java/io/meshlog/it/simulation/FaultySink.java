package io.meshlog.it.simulation;

import io.meshlog.meshapi.watch.ResumeToken;
import io.meshlog.meshapi.watch.WatchEnd;
import io.meshlog.meshapi.watch.WatchSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way from a watch to its reader that does now and then what its mutation says. */
final class FaultySink implements WatchSink {
    private static final int EVERY = 3;

    private final WatchSink reader;
    private final Mutation mutation;
    private @Nullable List<byte[]> heldBack;
    private @Nullable ResumeToken lastMarker;
    private int calls;

    FaultySink(WatchSink reader, Mutation mutation) {
        this.reader = reader;
        this.mutation = mutation;
    }

    private boolean breaks(Mutation asked) {
        return mutation == asked && ++calls % EVERY == 0;
    }

    @Override
    public boolean isReady() {
        return reader.isReady();
    }

    @Override
    public void send(List<byte[]> changes) {
        release();
        if (breaks(Mutation.BOOKMARK_TOO_EARLY)) {
            heldBack = changes;
        } else if (changes.size() > 1 && breaks(Mutation.MESSAGE_SPLIT)) {
            reader.send(changes.subList(0, 1));
            reader.send(changes.subList(1, changes.size()));
        } else {
            reader.send(changes);
            if (breaks(Mutation.DELIVERED_TWICE)) {
                reader.send(changes);
            }
        }
    }

    private void release() {
        List<byte[]> late = heldBack;
        heldBack = null;
        if (late != null) {
            reader.send(late);
        }
    }

    @Override
    public void synced(ResumeToken token) {
        reader.synced(token);
        lastMarker = token;
        release();
    }

    @Override
    public void bookmark(ResumeToken token) {
        ResumeToken before = lastMarker;
        reader.bookmark(token);
        lastMarker = token;
        if (before != null && breaks(Mutation.MARKER_REPEATED)) {
            reader.bookmark(before);
        }
        release();
    }

    @Override
    public void resync(String reason) {
        heldBack = null;
        lastMarker = null;
        reader.resync(reason);
    }

    @Override
    public void closed(WatchEnd end) {
        reader.closed(end);
    }
}
