package io.meshlog.cli.mirror;

import com.google.protobuf.ByteString;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.publisher.source.etcd.client.EtcdConnection;
import io.meshlog.schemas.etcd.Compare;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.KeyValue;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The etcd that is filled. Changes are gathered, the last of each key, and written one transaction at a time, each with the
 * record of how far it goes. A transaction holds only if nobody else wrote that record: of two mirrors the one that began
 * last goes on, the other ends.
 *
 * <p>Bound: {@value #MOST_CHANGES} changes or {@value #MOST_BYTES} bytes, below what an etcd takes in one transaction by
 * default.
 */
final class MirrorTarget {
    static final int MOST_CHANGES = 100;
    static final int MOST_BYTES = 1 << 20;

    private final EtcdConnection etcd;
    private final ByteString recordKey;
    private final Map<ByteString, RequestOp> changes = new LinkedHashMap<>();
    private @Nullable MirrorRecord record;
    private long recordRevision;
    private long bytes;

    MirrorTarget(EtcdConnection etcd, String recordKey) {
        this.etcd = etcd;
        this.recordKey = KeyRange.bytes(recordKey);
        RangeResponse found =
                etcd.range(RangeRequest.newBuilder().setKey(this.recordKey).build());
        if (found.getKvsCount() > 0) {
            this.record = MirrorRecord.read(found.getKvs(0).getValue());
            this.recordRevision = found.getKvs(0).getModRevision();
        }
    }

    EtcdConnection etcd() {
        return etcd;
    }

    /** What the last mirror left, null where there was none. */
    @Nullable
    MirrorRecord record() {
        return record;
    }

    /** How many keys there are in a range. */
    long count(KeyRange range) {
        return etcd.range(RangeRequest.newBuilder()
                        .setKey(KeyRange.bytes(range.start()))
                        .setRangeEnd(KeyRange.bytes(String.valueOf(range.end())))
                        .setCountOnly(true)
                        .build())
                .getCount();
    }

    /** Without a lease: what is mirrored stays when the mirror ends. */
    void put(KeyValue at) {
        bytes += at.getKey().size() + at.getValue().size();
        changes.put(
                at.getKey(),
                RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(at.getKey()).setValue(at.getValue()))
                        .build());
    }

    void delete(ByteString key) {
        bytes += key.size();
        changes.put(
                key,
                RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                        .build());
    }

    /** Whether what is gathered should be written before more is. */
    boolean isFull() {
        return changes.size() >= MOST_CHANGES || bytes >= MOST_BYTES;
    }

    /** Writes what is gathered, and how far that is. */
    void commit(MirrorRecord now) {
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setKey(recordKey)
                        .setModRevision(recordRevision))
                .addAllSuccess(changes.values())
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(recordKey).setValue(now.toBytes())));
        TxnResponse done = etcd.commit(txn.build());
        if (!done.getSucceeded()) {
            throw new CliException(
                    ExitCode.ERROR,
                    "%s: another mirror writes this etcd; it goes on, this one ends".formatted(etcd.endpoint()),
                    "Its record is the key " + KeyRange.text(recordKey));
        }
        record = now;
        recordRevision = done.getHeader().getRevision();
        changes.clear();
        bytes = 0;
    }
}
