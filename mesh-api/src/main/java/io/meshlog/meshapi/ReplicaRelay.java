package io.meshlog.meshapi;

import io.meshlog.events.model.Kind;
import io.meshlog.meshapi.feed.AppliedBatch;
import io.meshlog.meshapi.feed.FeedListener;
import io.meshlog.meshapi.feed.FeedState;
import io.meshlog.meshapi.gateway.Gateway;
import io.meshlog.meshapi.watch.RingWatchHub;
import io.meshlog.meshapi.writing.TraceRouter;

/**
 * Tells the hub and the gateway what the feed tells, on the feed's thread. Only after the store has it: an ack never comes
 * before the replica that sends it can be read.
 */
public final class ReplicaRelay implements FeedListener {
    private final RingWatchHub hub;
    private final TraceRouter traces;
    private final Gateway gateway;

    public ReplicaRelay(RingWatchHub hub, TraceRouter traces, Gateway gateway) {
        this.hub = hub;
        this.traces = traces;
        this.gateway = gateway;
    }

    @Override
    public void onApplied(AppliedBatch batch) {
        hub.append(batch.writes());
        traces.onTraces(batch.traces());
        boolean clusters = batch.writes().stream()
                .flatMap(write -> write.changes().stream())
                .anyMatch(change -> change.after().kind() == Kind.CLUSTER);
        if (clusters) {
            gateway.clustersChanged();
        }
    }

    @Override
    public void onSynced(long revision, boolean rebuilt) {
        hub.synced(revision, rebuilt);
        gateway.clustersChanged();
    }

    @Override
    public void onCatchingUp() {
        // the hub sees by the store's position that it is between two revisions
    }

    @Override
    public void onState(FeedState state) {
        switch (state) {
            case FeedState.Diverged diverged -> hub.distrust(diverged.condition());
            case FeedState.Stopped stopped -> hub.stop(stopped.condition());
            case FeedState.Bootstrapping bootstrapping -> {}
            case FeedState.Following following -> {}
            case FeedState.Lagging lagging -> {}
            case FeedState.Disconnected disconnected -> {}
        }
    }
}
