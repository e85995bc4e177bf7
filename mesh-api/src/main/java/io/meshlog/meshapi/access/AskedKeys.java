package io.meshlog.meshapi.access;

import com.google.protobuf.ByteString;
import io.meshlog.schemas.etcd.Compare;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request of etcd's API asks to read, before anything is looked up: whole ranges as they were asked for, those of each
 * part of a transaction included.
 *
 * @param ranges everything that is read
 * @param writes whether it writes anything
 */
record AskedKeys(List<Range> ranges, boolean writes) {
    static final AskedKeys NONE = new AskedKeys(List.of(), false);

    /** From {@code \0} on: without an end, in etcd's writing. */
    private static final ByteString OPEN_ENDED = ByteString.copyFrom(new byte[] {0});

    AskedKeys {
        ranges = List.copyOf(ranges);
    }

    /**
     * Keys from the first, up to but without the end.
     *
     * @param end empty for the one key, a zero byte for all that follow: as etcd's messages have it
     */
    record Range(ByteString first, ByteString end) {
        /** Whether every key of the other is one of this, which has an end. */
        boolean holds(Range other) {
            return compare(first, other.first) <= 0
                    && !other.end.equals(OPEN_ENDED)
                    && (other.end.isEmpty() ? compare(other.first, end) < 0 : compare(other.end, end) <= 0);
        }

        private static int compare(ByteString one, ByteString other) {
            return ByteString.unsignedLexicographicalComparator().compare(one, other);
        }
    }

    /** Of a request; {@link #NONE} for one that reads and writes no keys. */
    static AskedKeys of(Object request) {
        List<Range> ranges = new ArrayList<>();
        boolean writes = false;
        switch (request) {
            case RangeRequest range -> ranges.add(new Range(range.getKey(), range.getRangeEnd()));
            case WatchRequest watch
            when watch.hasCreateRequest() ->
                ranges.add(new Range(
                        watch.getCreateRequest().getKey(),
                        watch.getCreateRequest().getRangeEnd()));
            case TxnRequest txn -> writes = collect(txn, ranges);
            default -> {
                return NONE;
            }
        }
        return new AskedKeys(ranges, writes);
    }

    /** A transaction within a transaction is refused later, in words; until then it reads what it would read. */
    private static boolean collect(TxnRequest txn, List<Range> ranges) {
        for (Compare compare : txn.getCompareList()) {
            ranges.add(new Range(compare.getKey(), compare.getRangeEnd()));
        }
        boolean writes = false;
        for (RequestOp operation : txn.getSuccessList()) {
            writes |= collect(operation, ranges);
        }
        for (RequestOp operation : txn.getFailureList()) {
            writes |= collect(operation, ranges);
        }
        return writes;
    }

    private static boolean collect(RequestOp operation, List<Range> ranges) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> {
                RangeRequest range = operation.getRequestRange();
                ranges.add(new Range(range.getKey(), range.getRangeEnd()));
                yield false;
            }
            case REQUEST_TXN -> collect(operation.getRequestTxn(), ranges);
            case REQUEST_PUT, REQUEST_DELETE_RANGE -> true;
            case REQUEST_NOT_SET -> false;
        };
    }
}
