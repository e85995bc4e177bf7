package io.meshlog.meshapi.etcd.kv;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.KeyPlace;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.Layout;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.events.fold.Entry;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.etcd.write.KvWrites.Decided;
import io.meshlog.meshapi.store.AppliedWrite;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.watch.RecentWrites;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.DeleteRangeResponse;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.PutResponse;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.ResponseHeader;
import io.meshlog.schemas.etcd.ResponseOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told of a write that was decided: its revision, what was there before, what was deleted, what its reads
 * see. Reads the state right before and right after it, wherever the fleet is by then. Safe on any thread.
 */
final class WriteAnswers {
    private final History history;
    private final RecentWrites writes;
    private final KeyValues values;
    private final RangeRead ranges;
    private final Headers headers;

    WriteAnswers(History history, RecentWrites writes, KeyValues values, RangeRead ranges, Headers headers) {
        this.history = history;
        this.writes = writes;
        this.values = values;
        this.ranges = ranges;
        this.headers = headers;
    }

    ResponseHeader header(Decided decided) {
        try (ReplicaSnapshot now = history.now()) {
            return headers.at(now.position(), decided.revision());
        }
    }

    ByteString valueOf(KeyPlace place, Entry entry) {
        return values.of(place, entry).getValue();
    }

    PutResponse put(View view, PutRequest request, Decided decided) {
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header(decided));
        KeyValue previous = request.getPrevKv() ? before(view, request, decided) : null;
        return previous == null
                ? response.build()
                : response.setPrevKv(previous).build();
    }

    private @Nullable KeyValue before(View view, PutRequest request, Decided decided) {
        KeyPlace place = Layout.owner(KeyRange.text(request.getKey()), view);
        if (place == null) {
            return null;
        }
        try (ReplicaSnapshot before = history.at(history.now(), decided.before())) {
            return values.ofLive(place, before.get(place.resource()));
        }
    }

    DeleteRangeResponse delete(View view, DeleteRangeRequest request, Decided decided) {
        DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder().setHeader(header(decided));
        if (!decided.wrote()) {
            return response.build();
        }
        KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
        List<AppliedWrite.Change> changes = writes.write(decided.revision());
        if (changes == null) {
            throw EtcdErrors.unavailable("it is deleted, at revision %d, but what was deleted is not known any more"
                    .formatted(decided.revision()));
        }
        long deleted = 0;
        for (AppliedWrite.Change change : changes) {
            if (change.after().deleted()) {
                for (KeyPlace place : Layout.keysOf(change.after().key(), view)) {
                    if (range.contains(place.key())) {
                        deleted++;
                        KeyValue previous = request.getPrevKv() ? values.ofLive(place, change.before()) : null;
                        if (previous != null) {
                            response.addPrevKvs(previous);
                        }
                    }
                }
            }
        }
        return response.setDeleted(deleted).build();
    }

    TxnResponse txn(View view, TxnRequest request, Decided decided) {
        TxnResponse.Builder response =
                TxnResponse.newBuilder().setHeader(header(decided)).setSucceeded(decided.succeeded());
        boolean wrote = false;
        for (RequestOp operation : decided.succeeded() ? request.getSuccessList() : request.getFailureList()) {
            wrote |= !operation.hasRequestRange();
            long at = wrote ? decided.revision() : decided.before();
            response.addResponses(operation(view, operation, decided, at));
        }
        return response.build();
    }

    private ResponseOp operation(View view, RequestOp operation, Decided decided, long at) {
        ResponseOp.Builder response = ResponseOp.newBuilder();
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE ->
                response.setResponseRange(range(view, operation.getRequestRange(), at))
                        .build();
            case REQUEST_PUT ->
                response.setResponsePut(put(view, operation.getRequestPut(), decided))
                        .build();
            case REQUEST_DELETE_RANGE ->
                response.setResponseDeleteRange(delete(view, operation.getRequestDeleteRange(), decided))
                        .build();
            case REQUEST_TXN, REQUEST_NOT_SET -> throw EtcdErrors.unimplemented("it was refused before");
        };
    }

    private RangeResponse range(View view, RangeRequest request, long at) {
        try (ReplicaSnapshot state = history.at(history.now(), at)) {
            return ranges.read(state, view, request).toBuilder()
                    .setHeader(headers.at(state.position(), at))
                    .build();
        }
    }
}
