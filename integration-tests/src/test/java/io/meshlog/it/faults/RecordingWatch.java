package io.meshlog.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Selector;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One watch of the scripted cluster's nodes, which writes down what it is told and never begins anew. */
public final class RecordingWatch implements ClientResponseObserver<WatchRequest, WatchResponse>, AutoCloseable {
    private final List<Resource> seen = new CopyOnWriteArrayList<>();
    private final List<String> irregular = new CopyOnWriteArrayList<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> call;
    private volatile boolean ended;

    /** Begins with a snapshot. */
    RecordingWatch(ManagedChannel channel) {
        MeshGrpc.newStub(channel).watch(request().build(), this);
    }

    private static WatchRequest.Builder request() {
        return WatchRequest.newBuilder()
                .setSelector(
                        Selector.newBuilder().addClusters(ScriptedCluster.NAME).addKinds("nodes"));
    }

    /** Ends the stream; what comes of it is no irregularity. */
    void end() {
        ended = true;
        call.cancel("the test ends it", null);
    }

    /** Goes on behind the last change that was seen, on another connection. */
    void goOn(ManagedChannel channel) {
        ended = false;
        MeshGrpc.newStub(channel)
                .watch(request().setAfterRevision(seen.getLast().getRevision()).build(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
        call = started;
    }

    @Override
    public void onNext(WatchResponse response) {
        switch (response.getEventCase()) {
            case BATCH -> response.getBatch().getChangesList().forEach(this::take);
            case SYNCED, BOOKMARK -> {}
            case RESYNC, EVENT_NOT_SET -> irregular.add(response.toString());
        }
    }

    private void take(Change change) {
        if (change.hasUpsert()) {
            seen.add(change.getUpsert());
        } else {
            irregular.add("removed: " + change.getRemoval());
        }
    }

    @Override
    public void onError(Throwable cause) {
        if (!ended) {
            irregular.add("ended: " + cause);
        }
    }

    @Override
    public void onCompleted() {
        irregular.add("completed");
    }

    public int seen() {
        return seen.size();
    }

    /** All that was said was seen: nothing is missing, nothing came twice, nothing overtook anything. */
    public void assertSawAll(int said) {
        assertThat(irregular).as("what no watch should be told here").isEmpty();
        assertThat(seen.stream().map(Resource::getKey).toList())
                .as("the guarantees Reliable, Unique and Ordered: every node that was declared, once, in its turn")
                .isEqualTo(
                        IntStream.range(0, said).mapToObj(ScriptedCluster::key).toList());
        assertThat(seen)
                .allSatisfy(resource -> assertThat(resource.getVersion()).isEqualTo(1));
        assertThat(seen.stream().map(Resource::getRevision).toList())
                .as("the guarantee Ordered: revisions never go back")
                .isSorted();
    }

    @Override
    public void close() {
        end();
    }
}
