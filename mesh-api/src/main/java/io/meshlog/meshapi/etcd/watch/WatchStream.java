package io.meshlog.meshapi.etcd.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.WatchRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One stream of watches. Whoever has news wakes it; then one thread at a time takes requests, one at a time and only while
 * the client reads, and gives each watch what it still needs, as long as the client reads. In between it holds nothing but
 * each watch's place.
 *
 * <p>It runs on its connection's loop. While a watch needs what is not held in memory any more, it runs on one of the threads
 * for catching up instead: there alone the store is read.
 */
final class WatchStream implements StreamObserver<WatchRequest> {
    /** What is to be done after a run. */
    private enum Rest {
        NOTHING,
        MORE,
        /** More, and it needs the store. */
        STORE
    }

    private final ServerCallStreamObserver<WatchMessage> call;
    private final StreamLoop loop;
    private final WatchSurroundings surroundings;
    private final WatchReplies replies;
    private final WatchRequests requests;
    private final Map<Long, KeyWatch> watches = new LinkedHashMap<>();
    private final Queue<WatchRequest> inbox = new ConcurrentLinkedQueue<>();
    /** How often it was woken and has not looked since; a thread is at work or on its way exactly while it is above 0. */
    private final AtomicInteger woken = new AtomicInteger();

    private volatile @Nullable String distrust;
    private volatile @Nullable RuntimeException end;
    private volatile boolean clientDone;
    private volatile boolean over;
    /** Whether the client waits to hear up to where all its watches are. */
    private boolean progressAsked;

    WatchStream(
            ServerCallStreamObserver<WatchMessage> call,
            View view,
            StreamLoop loop,
            WatchSurroundings surroundings,
            WatchReplies replies) {
        this.call = call;
        this.loop = loop;
        this.surroundings = surroundings;
        this.replies = replies;
        this.requests = new WatchRequests(view, watches, surroundings, replies);
    }

    /** There may be something to do. Any thread; returns at once. */
    void wake() {
        if (woken.getAndIncrement() == 0) {
            loop.execute(this::runOnLoop);
        }
    }

    /** As {@link #wake}, on its loop: at once. */
    void runHere() {
        if (woken.getAndIncrement() == 0) {
            runOnLoop();
        }
    }

    @Override
    public void onNext(WatchRequest request) {
        inbox.add(request);
        wake();
    }

    @Override
    public void onError(Throwable gone) {
        over = true;
        wake();
    }

    @Override
    public void onCompleted() {
        clientDone = true;
        wake();
    }

    /** What was served before may be wrong. */
    void distrust(String why) {
        distrust = why;
        wake();
    }

    /** Nothing is served here any more. */
    void stop(String why) {
        end = EtcdErrors.unavailable(why);
        wake();
    }

    private void runOnLoop() {
        run(false);
    }

    private void runInStore() {
        run(true);
    }

    private void run(boolean withStore) {
        int seen = woken.get();
        Rest rest = Rest.NOTHING;
        try {
            if (over || call.isCancelled()) {
                finish();
            } else {
                rest = work(withStore);
            }
        } catch (RuntimeException failed) {
            close(failed);
        }
        // while there is more it stays woken; others have their turn in between
        int settled = rest == Rest.NOTHING ? seen : seen - 1;
        if (woken.addAndGet(-settled) > 0) {
            if (rest == Rest.STORE) {
                surroundings.catchUps().execute(this::runInStore);
            } else {
                loop.execute(this::runOnLoop);
            }
        }
    }

    private Rest work(boolean withStore) {
        String wrong = distrust;
        if (wrong != null) {
            watches.values()
                    .forEach(watch -> call.onNext(replies.compacted(
                            watch.id,
                            surroundings.writes().newest() + 1,
                            "mvcc: required revision has been compacted")));
            close(EtcdErrors.unavailable(wrong));
            return Rest.NOTHING;
        }
        RuntimeException ended = end;
        if (ended != null || clientDone) {
            close(ended);
            return Rest.NOTHING;
        }
        takeRequests();
        long newest = surroundings.writes().newest();
        Rest rest = Rest.NOTHING;
        for (KeyWatch watch : List.copyOf(watches.values())) {
            if (!call.isReady()) {
                return Rest.NOTHING;
            }
            Rest ofWatch = serve(watch, newest, withStore);
            rest = ofWatch.compareTo(rest) > 0 ? ofWatch : rest;
        }
        reportProgress(newest);
        return rest;
    }

    private void takeRequests() {
        while (call.isReady()) {
            WatchRequest request = inbox.poll();
            if (request == null) {
                return;
            }
            if (request.hasProgressRequest()) {
                progressAsked = true;
            } else {
                WatchMessage answer = requests.answer(request);
                if (answer != null) {
                    call.onNext(answer);
                }
            }
            call.request(1);
        }
    }

    /** Gives a watch one batch at most. */
    private Rest serve(KeyWatch watch, long newest, boolean withStore) {
        if (watch.next > newest) {
            remind(watch, newest);
            return Rest.NOTHING;
        }
        EventBatch batch = surroundings.batches().held(watch.interest, watch.next, newest);
        if (batch == null && !withStore) {
            return Rest.STORE;
        }
        if (batch == null) {
            batch = catchUp(watch);
        }
        if (batch == null) {
            return Rest.NOTHING;
        }
        if (!batch.isEmpty()) {
            replies.events(watch, batch).forEach(call::onNext);
            watch.sentAtMs = surroundings.nowMs();
        }
        watch.next = batch.upTo() + 1;
        return watch.next <= newest ? Rest.MORE : Rest.NOTHING;
    }

    /** From the store; null where nothing may be served now, or the watch is over. */
    private @Nullable EventBatch catchUp(KeyWatch watch) {
        ReplicaSnapshot snapshot = surroundings.writes().snapshot();
        if (snapshot == null) {
            return null;
        }
        try (snapshot) {
            long horizon = snapshot.position().horizon();
            if (watch.next <= horizon) {
                watches.remove(watch.id);
                surroundings.closed(1);
                call.onNext(replies.compacted(watch.id, horizon + 1, "mvcc: required revision has been compacted"));
                return null;
            }
            return surroundings.batches().stored(watch.interest, watch.next, snapshot);
        }
    }

    /** What a watch that has everything is sent so that its client knows. */
    private void remind(KeyWatch watch, long newest) {
        long now = surroundings.nowMs();
        if (watch.hasHeartbeat() && now - watch.heartbeatAtMs >= surroundings.heartbeatMs()) {
            watch.heartbeatAtMs = now;
            watch.sentAtMs = now;
            call.onNext(replies.heartbeat(watch, newest));
        }
        if (watch.progress && now - watch.sentAtMs >= WatchSurroundings.PROGRESS_MS) {
            watch.sentAtMs = now;
            call.onNext(replies.progress(watch.id, watch.complete(newest)));
        }
    }

    private void reportProgress(long newest) {
        boolean all = watches.values().stream().allMatch(watch -> watch.next > newest);
        if (progressAsked && all && call.isReady()) {
            progressAsked = false;
            call.onNext(replies.progress(WatchReplies.ALL, newest));
        }
    }

    private void close(@Nullable RuntimeException failed) {
        boolean first = !over;
        finish();
        if (first && failed == null) {
            call.onCompleted();
        } else if (first && failed != null) {
            call.onError(GrpcStatuses.of(failed));
        }
    }

    private void finish() {
        over = true;
        surroundings.closed(watches.size());
        watches.clear();
        inbox.clear();
    }
}
