package io.meshlog.meshapi.etcd.kv;

import com.google.protobuf.ByteString;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.etcd.wire.EtcdErrors;
import io.meshlog.meshapi.etcd.wire.Headers;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.Compare;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.ResponseOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import java.util.List;
import java.util.stream.Stream;

/** A transaction that writes nothing: decided and answered here, from one state. Safe on any thread. */
final class ReadTxn {
    /** etcd's own default. */
    private static final int MAX_OPERATIONS = 128;

    private final RangeRead ranges;
    private final Headers headers;

    ReadTxn(RangeRead ranges, Headers headers) {
        this.ranges = ranges;
        this.headers = headers;
    }

    /**
     * Refuses, before anything is said or read, what no transaction may ask.
     *
     * @throws io.grpc.StatusRuntimeException etcd's errors
     */
    static void check(TxnRequest request) {
        if (Stream.of(request.getCompareCount(), request.getSuccessCount(), request.getFailureCount())
                .anyMatch(count -> count > MAX_OPERATIONS)) {
            throw EtcdErrors.tooManyOperations();
        }
        if (request.getCompareList().stream()
                .anyMatch(compare -> compare.getKey().isEmpty())) {
            throw EtcdErrors.emptyKey();
        }
        Stream.of(request.getSuccessList(), request.getFailureList())
                .flatMap(List::stream)
                .filter(RequestOp::hasRequestRange)
                .map(RequestOp::getRequestRange)
                .forEach(ReadTxn::check);
    }

    private static void check(RangeRequest read) {
        RangeRead.check(read);
        if (read.getRevision() > 0) {
            throw EtcdErrors.unimplemented("a read at a revision of its own within a transaction");
        }
    }

    TxnResponse answer(ReplicaSnapshot state, View view, TxnRequest request) {
        boolean succeeded = request.getCompareList().stream().allMatch(compare -> holds(state, view, compare));
        TxnResponse.Builder response = TxnResponse.newBuilder()
                .setHeader(headers.at(state.position(), state.position().revision()))
                .setSucceeded(succeeded);
        for (RequestOp operation : succeeded ? request.getSuccessList() : request.getFailureList()) {
            response.addResponses(ResponseOp.newBuilder()
                    .setResponseRange(ranges.read(state, view, operation.getRequestRange()).toBuilder()
                            .setHeader(headers.at(
                                    state.position(), state.position().revision()))));
        }
        return response.build();
    }

    private boolean holds(ReplicaSnapshot state, View view, Compare compare) {
        RangeRequest all = RangeRequest.newBuilder()
                .setKey(compare.getKey())
                .setRangeEnd(compare.getRangeEnd())
                .build();
        List<KeyValue> found = ranges.read(state, view, all).getKvsList();
        return found.isEmpty()
                ? compare.getTarget() != Compare.CompareTarget.VALUE && holds(compare, KeyValue.getDefaultInstance())
                : found.stream().allMatch(each -> holds(compare, each));
    }

    private static boolean holds(Compare compare, KeyValue actual) {
        int order = switch (compare.getTarget()) {
            case VERSION -> Long.compare(actual.getVersion(), compare.getVersion());
            case CREATE -> Long.compare(actual.getCreateRevision(), compare.getCreateRevision());
            case MOD -> Long.compare(actual.getModRevision(), compare.getModRevision());
            case LEASE -> Long.compare(actual.getLease(), compare.getLease());
            case VALUE -> ByteString.unsignedLexicographicalComparator().compare(actual.getValue(), compare.getValue());
            case UNRECOGNIZED -> throw EtcdErrors.invalid("a compare of an unknown target");
        };
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case UNRECOGNIZED -> throw EtcdErrors.invalid("a compare with an unknown result");
        };
    }
}
