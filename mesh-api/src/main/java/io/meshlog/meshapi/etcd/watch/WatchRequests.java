package io.meshlog.meshapi.etcd.watch;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.schemas.etcd.WatchCancelRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest.FilterType;
import io.meshlog.schemas.etcd.WatchRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes a client's requests to open and close watches. For its stream's thread. */
final class WatchRequests {
    private final Map<Long, KeyWatch> watches;
    private final WatchSurroundings surroundings;
    private final WatchReplies replies;
    private final View view;
    private long nextId;

    WatchRequests(View view, Map<Long, KeyWatch> watches, WatchSurroundings surroundings, WatchReplies replies) {
        this.view = view;
        this.watches = watches;
        this.surroundings = surroundings;
        this.replies = replies;
    }

    /** The answer; null where there is none to give. */
    @Nullable
    WatchMessage answer(WatchRequest request) {
        return switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest());
            case CANCEL_REQUEST -> cancel(request.getCancelRequest());
            case PROGRESS_REQUEST -> throw new IllegalArgumentException("it waits for the watches");
            case REQUESTUNION_NOT_SET ->
                replies.refused(surroundings.writes().newest(), "meshlog: a watch request without content");
        };
    }

    private WatchMessage create(WatchCreateRequest request) {
        long newest = surroundings.writes().newest();
        // etcd takes an empty key for the first there is
        KeyRange range = KeyRange.of(
                request.getKey().isEmpty() ? ByteString.copyFrom(new byte[1]) : request.getKey(),
                request.getRangeEnd());
        if (range.isEmpty()) {
            return replies.refused(newest, "mvcc: watcher range is empty");
        }
        if (request.getWatchId() < 0 || (request.getWatchId() > 0 && watches.containsKey(request.getWatchId()))) {
            return replies.refused(newest, "mvcc: duplicate watch ID provided on the WatchStream");
        }
        if (!surroundings.opened()) {
            return replies.refused(
                    newest,
                    "meshlog: %d watches are open at this replica, the limit".formatted(WatchSurroundings.MAX_WATCHES));
        }
        long next = request.getStartRevision() <= 0 ? newest + 1 : request.getStartRevision();
        Interest interest = new Interest(
                view,
                range,
                !request.getFiltersList().contains(FilterType.NOPUT),
                !request.getFiltersList().contains(FilterType.NODELETE),
                request.getPrevKv());
        KeyWatch watch = new KeyWatch(
                freeId(request),
                interest,
                request.getFragment(),
                request.getProgressNotify(),
                next,
                surroundings.nowMs());
        watches.put(watch.id, watch);
        return replies.created(watch.id, watch.complete(newest));
    }

    private long freeId(WatchCreateRequest request) {
        if (request.getWatchId() > 0) {
            return request.getWatchId();
        }
        while (watches.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    /** A watch that is not there, or ended meanwhile, is not answered for, as in etcd: its end was told once. */
    private @Nullable WatchMessage cancel(WatchCancelRequest request) {
        KeyWatch watch = watches.remove(request.getWatchId());
        if (watch == null) {
            return null;
        }
        surroundings.closed(1);
        return replies.canceled(watch.id, watch.complete(surroundings.writes().newest()));
    }
}
