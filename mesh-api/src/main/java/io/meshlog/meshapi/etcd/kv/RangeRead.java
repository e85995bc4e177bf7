package io.meshlog.meshapi.etcd.kv;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.etcd.kv.ViewScan.Found;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Heartbeat;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeRequest.SortOrder;
import io.meshlog.schemas.etcd.RangeRequest.SortTarget;
import io.meshlog.schemas.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of keys as etcd does (server/etcdserver/txn, range): the count is of all keys of the range; filters by
 * revision and the limit cut what is returned; without a sort the order is that of keys. A plain page visits its own keys
 * and one more. Safe on any thread.
 */
public final class RangeRead {
    private static final Comparator<ByteString> BYTEWISE = ByteString.unsignedLexicographicalComparator();

    private final KeyValues values;
    private final RangeCounts counts;
    private final SharedPages pages = new SharedPages();
    private final Heartbeat heartbeat;

    public RangeRead(KeyValues values, RecentWrites writes, Heartbeat heartbeat) {
        this.values = values;
        this.counts = new RangeCounts(writes);
        this.heartbeat = heartbeat;
    }

    /** What was counted before may be wrong. */
    public void forget() {
        counts.forget();
        pages.forget();
    }

    /** @throws io.grpc.StatusRuntimeException etcd's errors for what cannot be asked */
    static void check(RangeRequest request) {
        if (request.getKey().isEmpty()) {
            throw EtcdErrors.emptyKey();
        }
        if (request.getSortOrder() == SortOrder.UNRECOGNIZED || request.getSortTarget() == SortTarget.UNRECOGNIZED) {
            throw EtcdErrors.invalidSort();
        }
    }

    /** What the request asks for, in a state; without a header. */
    RangeResponse read(ReplicaSnapshot snapshot, View view, RangeRequest request) {
        KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
        if (range.isEmpty()) {
            return RangeResponse.getDefaultInstance();
        }
        if (request.getCountOnly()) {
            return RangeResponse.newBuilder()
                    .setCount(counts.count(snapshot, view, range) + heartbeats(range))
                    .build();
        }
        boolean plain = request.getSortOrder() == SortOrder.NONE && request.getSortTarget() == SortTarget.KEY;
        if (!plain || hasFilters(request)) {
            return whole(snapshot, view, range, request);
        }
        // the heartbeat is another one each time
        return heartbeats(range) > 0
                ? page(snapshot, view, range, request)
                : pages.page(snapshot, view, range, request, () -> page(snapshot, view, range, request));
    }

    private static boolean hasFilters(RangeRequest request) {
        return request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
    }

    private int heartbeats(KeyRange range) {
        return range.contains(Heartbeat.KEY) ? 1 : 0;
    }

    private RangeResponse page(ReplicaSnapshot snapshot, View view, KeyRange range, RangeRequest request) {
        long limit = request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit();
        RangeResponse.Builder page = RangeResponse.newBuilder();
        String next = null;
        long stored = 0;
        try (Walk walk = new Walk(snapshot, view, range, request.getKeysOnly())) {
            while (walk.hasNext() && page.getKvsCount() < limit) {
                page.addKvs(walk.next());
            }
            stored = walk.stored();
            if (walk.hasNext()) {
                next = KeyRange.text(page.getKvs(page.getKvsCount() - 1).getKey()) + "\0";
            }
        }
        if (next == null) {
            return page.setCount(page.getKvsCount()).build();
        }
        long all = counts.count(snapshot, view, range);
        counts.remember(snapshot, view, new KeyRange(next, range.end()), all - stored);
        return page.setMore(true).setCount(all + heartbeats(range)).build();
    }

    private RangeResponse whole(ReplicaSnapshot snapshot, View view, KeyRange range, RangeRequest request) {
        List<KeyValue> all = new ArrayList<>();
        try (Walk walk = new Walk(snapshot, view, range, false)) {
            walk.forEachRemaining(all::add);
        }
        RangeResponse.Builder response = RangeResponse.newBuilder().setCount(all.size());
        all.removeIf(each -> !passes(request, each));
        Comparator<KeyValue> order = order(request);
        if (order != null) {
            all.sort(order);
        }
        long limit = request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit();
        all.stream()
                .limit(limit)
                .map(each ->
                        request.getKeysOnly() ? each.toBuilder().clearValue().build() : each)
                .forEach(response::addKvs);
        return response.setMore(all.size() > limit).build();
    }

    private static boolean passes(RangeRequest request, KeyValue each) {
        return atLeast(each.getModRevision(), request.getMinModRevision())
                && atMost(each.getModRevision(), request.getMaxModRevision())
                && atLeast(each.getCreateRevision(), request.getMinCreateRevision())
                && atMost(each.getCreateRevision(), request.getMaxCreateRevision());
    }

    private static boolean atLeast(long value, long bound) {
        return bound == 0 || value >= bound;
    }

    private static boolean atMost(long value, long bound) {
        return bound == 0 || value <= bound;
    }

    private static @Nullable Comparator<KeyValue> order(RangeRequest request) {
        Comparator<KeyValue> order = switch (request.getSortTarget()) {
            case KEY -> Comparator.comparing(KeyValue::getKey, BYTEWISE);
            case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
            case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
            case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
            case VALUE -> Comparator.comparing(KeyValue::getValue, BYTEWISE);
            case UNRECOGNIZED -> throw EtcdErrors.invalidSort();
        };
        return request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order;
    }

    /** The key-values of a range in order, the virtual heartbeat among them. */
    private final class Walk implements Iterator<KeyValue>, AutoCloseable {
        private final ViewScan scan;
        private final boolean keysOnly;
        private final long revision;
        private @Nullable Found found;
        private boolean heartbeatDue;
        private long stored;

        Walk(ReplicaSnapshot snapshot, View view, KeyRange range, boolean keysOnly) {
            this.scan = new ViewScan(snapshot, range, view);
            this.keysOnly = keysOnly;
            this.revision = snapshot.position().revision();
            this.heartbeatDue = range.contains(Heartbeat.KEY);
            this.found = scan.hasNext() ? scan.next() : null;
        }

        /** How many of those given the store holds. */
        long stored() {
            return stored;
        }

        @Override
        public boolean hasNext() {
            return heartbeatDue || found != null;
        }

        @Override
        public KeyValue next() {
            Found given = found;
            if (heartbeatDue && (given == null || given.place().key().compareTo(Heartbeat.KEY) > 0)) {
                heartbeatDue = false;
                return heartbeat.at(revision, keysOnly);
            }
            if (given == null) {
                throw new NoSuchElementException();
            }
            found = scan.hasNext() ? scan.next() : null;
            stored++;
            return keysOnly ? values.keyOnly(given.place(), given.entry()) : values.of(given.place(), given.entry());
        }

        @Override
        public void close() {
            scan.close();
        }
    }
}
