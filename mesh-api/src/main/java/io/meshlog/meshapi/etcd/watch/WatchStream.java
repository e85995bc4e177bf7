package io.meshlog.meshapi.etcd.watch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.keys.View;
import io.meshlog.meshapi.etcd.watch.KeyWatch.Batch;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
 */
final class WatchStream implements StreamObserver<WatchRequest>, RecentWrites.Listener {
    /** How many entries of the store are looked at for one watch before another has its turn. */
    private static final int SCANNED = 2_048;

    private final ServerCallStreamObserver<WatchResponse> call;
    private final View view;
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
            ServerCallStreamObserver<WatchResponse> call,
            View view,
            WatchSurroundings surroundings,
            WatchReplies replies) {
        this.call = call;
        this.view = view;
        this.surroundings = surroundings;
        this.replies = replies;
        this.requests = new WatchRequests(watches, surroundings, replies);
    }

    /** There may be something to do. Any thread; returns at once. */
    void wake() {
        if (woken.getAndIncrement() == 0) {
            surroundings.threads().execute(this::run);
        }
    }

    /** Whether it is over and nobody calls it any more. */
    boolean isOver() {
        return over;
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

    @Override
    public void onWrites() {
        wake();
    }

    @Override
    public void onDistrust(String why) {
        distrust = why;
        wake();
    }

    @Override
    public void onStop(String why) {
        end = EtcdErrors.unavailable(why);
        wake();
    }

    private void run() {
        int seen = woken.get();
        boolean more = false;
        try {
            if (over || call.isCancelled()) {
                finish();
            } else {
                more = work();
            }
        } catch (RuntimeException failed) {
            close(failed);
        }
        // while there is more it stays woken; others have their turn in between
        int settled = more ? seen - 1 : seen;
        if (woken.addAndGet(-settled) > 0) {
            surroundings.threads().execute(this::run);
        }
    }

    private boolean work() {
        String wrong = distrust;
        if (wrong != null) {
            watches.values()
                    .forEach(watch -> call.onNext(replies.compacted(
                            watch.id,
                            surroundings.writes().newest() + 1,
                            "mvcc: required revision has been compacted")));
            close(EtcdErrors.unavailable(wrong));
            return false;
        }
        RuntimeException ended = end;
        if (ended != null || clientDone) {
            close(ended);
            return false;
        }
        takeRequests();
        long newest = surroundings.writes().newest();
        boolean more = false;
        for (KeyWatch watch : new ArrayList<>(watches.values())) {
            if (!call.isReady()) {
                return false;
            }
            more |= serve(watch, newest);
        }
        reportProgress(newest);
        return more;
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
                WatchResponse answer = requests.answer(request);
                if (answer != null) {
                    call.onNext(answer);
                }
            }
            call.request(1);
        }
    }

    /** Gives a watch one message at most; whether there is more for it at once. */
    private boolean serve(KeyWatch watch, long newest) {
        if (watch.next > newest) {
            remind(watch, newest);
            return false;
        }
        Batch batch = new Batch();
        boolean held = follow(watch, batch, newest) || catchUp(watch, batch);
        if (!held) {
            return false;
        }
        if (!batch.events.isEmpty()) {
            replies.events(watch, batch).forEach(call::onNext);
            watch.sentAtMs = surroundings.nowMs();
        }
        watch.next = batch.upTo + 1;
        return watch.next <= newest;
    }

    /** Write after write, from memory; false where the first that is needed is not held. */
    private boolean follow(KeyWatch watch, Batch batch, long newest) {
        long revision = watch.next;
        while (revision <= newest && !batch.isFull()) {
            List<ViewEvent> events = surroundings.events().of(view, revision);
            if (events == null) {
                break;
            }
            watch.take(batch, events);
            revision++;
        }
        batch.upTo = revision - 1;
        return revision > watch.next;
    }

    /** The latest of each key, in the order of revisions, from the store; false where nothing may be served now. */
    private boolean catchUp(KeyWatch watch, Batch batch) {
        ReplicaSnapshot snapshot = surroundings.writes().snapshot();
        if (snapshot == null) {
            return false;
        }
        try (snapshot) {
            if (watch.next <= snapshot.position().horizon()) {
                watches.remove(watch.id);
                surroundings.closed(1);
                call.onNext(replies.compacted(
                        watch.id, snapshot.position().horizon() + 1, "mvcc: required revision has been compacted"));
                return false;
            }
            try (Entries.Cursor changed = snapshot.changedAfter(watch.next - 1)) {
                batch.upTo = take(watch, batch, changed, snapshot.position().revision());
            }
            return true;
        }
    }

    /** Whole revisions only; up to which. */
    private long take(KeyWatch watch, Batch batch, Entries.Cursor changed, long last) {
        Queue<ViewEvent> ofRevision = new ArrayDeque<>();
        long revision = watch.next - 1;
        int scanned = 0;
        while (changed.hasNext()) {
            Entry entry = changed.next();
            if (entry.modRevision() != revision) {
                watch.take(batch, List.copyOf(ofRevision));
                ofRevision.clear();
                if (batch.isFull() || scanned >= SCANNED) {
                    return entry.modRevision() - 1;
                }
                revision = entry.modRevision();
            }
            ofRevision.addAll(surroundings.events().ofLatest(view, entry));
            scanned++;
        }
        watch.take(batch, List.copyOf(ofRevision));
        return last;
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
