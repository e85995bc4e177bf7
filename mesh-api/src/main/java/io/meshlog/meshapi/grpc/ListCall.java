package io.meshlog.meshapi.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.meshlog.events.fold.Entries;
import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.meshapi.failure.FailedCallException;
import io.meshlog.meshapi.failure.Failure;
import io.meshlog.meshapi.failure.GrpcStatuses;
import io.meshlog.meshapi.replica.ReadExecutor;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.Selector;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.Resource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One list over one call: a walk over one snapshot, at the client's pace. While the client does not read, the walk stands
 * still with the snapshot open; a client that takes longer than {@value #MAX_STALL_MS} ms to read what is there is let
 * go, because an open snapshot keeps the store from reclaiming what is old.
 *
 * <p>At most one thread walks at a time; whoever says that the call is ready while one walks makes it look again.
 */
final class ListCall {
    /** How long a client may read nothing. */
    static final long MAX_STALL_MS = 10_000;
    /** About how large a message becomes. */
    private static final int MESSAGE_BYTES = 64 * 1_024;

    private final ServerCallStreamObserver<ListResponse> call;
    private final Selector selector;
    private final ReadExecutor reads;
    private final LongSupplier nowMs;
    private final ReplicaSnapshot snapshot;
    private final long revision;
    private final Deque<Selectors.Range> ranges;
    private Entries.@Nullable Cursor cursor;
    private boolean walking;
    private boolean again;
    private boolean ended;
    private boolean sentAny;
    private volatile long stalledSinceMs = Long.MAX_VALUE;

    ListCall(
            ServerCallStreamObserver<ListResponse> call,
            Selector selector,
            Replica replica,
            ReadExecutor reads,
            LongSupplier nowMs) {
        this.call = call;
        this.selector = selector;
        this.reads = reads;
        this.nowMs = nowMs;
        this.snapshot = replica.snapshot();
        this.revision = snapshot.position().revision();
        this.ranges = new ArrayDeque<>(Selectors.ranges(selector));
    }

    /** The call may be sent to, was cancelled, or a stall is to be looked at. Any thread; the walk is done elsewhere. */
    void wake() {
        synchronized (this) {
            again = true;
            if (walking || ended) {
                return;
            }
            walking = true;
        }
        try {
            reads.execute(this::walk);
        } catch (FailedCallException overloaded) {
            fail(overloaded);
        }
    }

    /** Whether it is over. */
    synchronized boolean isEnded() {
        return ended;
    }

    /** Lets a client go that does not read. To be called now and then. */
    void tick() {
        if (nowMs.getAsLong() - stalledSinceMs >= MAX_STALL_MS) {
            wake();
        }
    }

    private void walk() {
        try {
            while (startRound()) {
                sendWhileReady();
            }
        } catch (RuntimeException failed) {
            fail(failed);
        }
    }

    private synchronized boolean startRound() {
        walking = again && !ended;
        again = false;
        return walking;
    }

    private void sendWhileReady() {
        while (true) {
            if (call.isCancelled()) {
                end();
                return;
            }
            if (!call.isReady()) {
                stall();
                return;
            }
            stalledSinceMs = Long.MAX_VALUE;
            ListResponse next = next();
            if (next.getResourcesCount() == 0 && sentAny) {
                call.onCompleted();
                end();
                return;
            }
            sentAny = true;
            call.onNext(next);
        }
    }

    private void stall() {
        long now = nowMs.getAsLong();
        if (stalledSinceMs == Long.MAX_VALUE) {
            stalledSinceMs = now;
        } else if (now - stalledSinceMs >= MAX_STALL_MS) {
            fail(Failure.STALLED.because("nothing was read of the list for %d ms", MAX_STALL_MS));
        }
    }

    /** The next message; without resources at the end. */
    private ListResponse next() {
        ListResponse.Builder message = ListResponse.newBuilder().setRevision(revision);
        int bytes = 0;
        while (bytes < MESSAGE_BYTES) {
            Entry entry = nextEntry();
            if (entry == null) {
                break;
            }
            Resource resource = selected(entry);
            if (resource != null) {
                bytes += resource.getSerializedSize();
                message.addResources(resource);
            }
        }
        return message.build();
    }

    private @Nullable Entry nextEntry() {
        while (cursor == null || !cursor.hasNext()) {
            closeCursor();
            Selectors.Range range = ranges.pollFirst();
            if (range == null) {
                return null;
            }
            cursor = snapshot.range(range.after(), range.upTo());
        }
        return cursor.next();
    }

    private @Nullable Resource selected(Entry entry) {
        if (entry.deleted() || !selector.matchesKey(entry.key(), entry.kind())) {
            return null;
        }
        Value value = Replica.value(entry);
        return value == null || !selector.matchesLabels(value.resource().selectableLabels())
                ? null
                : ResourceProtos.toProto(
                        entry.key(), entry.modRevision(), entry.createRevision(), entry.version(), value);
    }

    private void fail(RuntimeException failed) {
        if (!isEnded()) {
            call.onError(GrpcStatuses.of(failed));
        }
        end();
    }

    private void end() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            walking = false;
        }
        closeCursor();
        snapshot.close();
    }

    private void closeCursor() {
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }
}
