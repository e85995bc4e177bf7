package io.meshlog.meshapi.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.meshlog.schemas.etcd.Compare;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.WatchCancelRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cilium's two roles read what Cilium grants them, by the range that is asked for, and write nothing. */
class AskedKeysTest {
    private static final Principal REMOTE = new Principal("cilium/remote", null, Role.REMOTE);
    private static final Principal LOCAL = new Principal("cilium/local-eastus", null, Role.LOCAL);

    private static RangeRequest range(String key, String end) {
        return RangeRequest.newBuilder()
                .setKey(bytes(key))
                .setRangeEnd(bytes(end == null ? "" : end))
                .build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text.replace("<0>", "\0"));
    }

    private static RequestOp op(RangeRequest range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    private static void permits(Principal principal, Message request) {
        assertThatCode(() -> MethodAccess.requireKeys(principal, AskedKeys.of(request)))
                .doesNotThrowAnyException();
    }

    private static void refuses(Principal principal, Message request) {
        assertThatThrownBy(() -> MethodAccess.requireKeys(principal, AskedKeys.of(request)))
                .hasMessage("etcdserver: permission denied");
    }

    @ParameterizedTest
    @CsvSource({
        "cilium/state/, cilium/state0, true, false",
        "cilium/state/nodes/v1/eastus/n1, , true, false",
        "cilium/state/nodes/v1/, cilium/state/nodes/v10, true, false",
        "cilium/cache/, cilium/cache0, true, true",
        "cilium/cluster-config/eastus, , true, true",
        "cilium/synced/, cilium/synced0, true, true",
        "cilium/.heartbeat, , true, true",
        "cilium/.heartbeat/x, , true, true",
        "cilium/, cilium0, false, false",
        "cilium/state/, cilium/state1, false, false",
        "cilium/state, cilium/state0, false, false",
        "cilium/state/, <0>, false, false",
        "<0>, <0>, false, false",
        "cilium/.initlock, , false, false",
        "cilium/cache/, cilium/synced0, false, false",
        "anything, , false, false"
    })
    void aRange_isReadWhole_orNotAtAll(String key, String end, boolean remote, boolean local) {
        RangeRequest range = range(key, end);
        WatchRequest watch = WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(range.getKey()).setRangeEnd(range.getRangeEnd()))
                .build();
        for (Message request : List.of(
                range, watch, TxnRequest.newBuilder().addSuccess(op(range)).build())) {
            if (remote) {
                permits(REMOTE, request);
            } else {
                refuses(REMOTE, request);
            }
            if (local) {
                permits(LOCAL, request);
            } else {
                refuses(LOCAL, request);
            }
        }
    }

    @Test
    void everyPartOfATransaction_counts() {
        RequestOp permitted = op(range("cilium/state/", "cilium/state0"));
        RequestOp forbidden = op(range("x", null));
        TxnRequest nested = TxnRequest.newBuilder().addFailure(forbidden).build();

        permits(
                REMOTE,
                TxnRequest.newBuilder()
                        .addSuccess(permitted)
                        .addFailure(permitted)
                        .build());
        refuses(
                REMOTE,
                TxnRequest.newBuilder()
                        .addSuccess(permitted)
                        .addFailure(forbidden)
                        .build());
        refuses(
                REMOTE,
                TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestTxn(nested))
                        .build());
        refuses(
                REMOTE,
                TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder().setKey(bytes("x")))
                        .build());
        refuses(
                REMOTE,
                TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder()
                                .setKey(bytes("cilium/state/"))
                                .setRangeEnd(bytes("<0>")))
                        .build());
    }

    @Test
    void aTransactionThatWrites_isRefused_whicheverPartDoes() {
        RequestOp put = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(bytes("cilium/cache/x")))
                .build();
        RequestOp delete = RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("cilium/cache/x")))
                .build();

        refuses(LOCAL, TxnRequest.newBuilder().addSuccess(put).build());
        refuses(LOCAL, TxnRequest.newBuilder().addFailure(delete).build());
        refuses(
                LOCAL,
                TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestTxn(TxnRequest.newBuilder().addSuccess(put)))
                        .build());
    }

    @Test
    void cancelingAWatch_readsNothing() {
        permits(
                LOCAL,
                WatchRequest.newBuilder()
                        .setCancelRequest(WatchCancelRequest.getDefaultInstance())
                        .build());
    }

    @Test
    void whatWritesByAMethodOfItsOwn_isRefusedByTheMethod() {
        for (Principal principal : List.of(REMOTE, LOCAL)) {
            for (String method : List.of(
                    "etcdserverpb.KV/Put",
                    "etcdserverpb.KV/DeleteRange",
                    "etcdserverpb.Lease/LeaseGrant",
                    "etcdserverpb.Lease/LeaseLeases",
                    "etcdserverpb.Lease/LeaseTimeToLive",
                    "meshlog.v1.Mesh/Watch",
                    "meshlog.v1.Mesh/List",
                    "meshlog.v1.Publishing/Publish",
                    "meshlog.v1.Admin/Admit")) {
                assertThatThrownBy(() -> MethodAccess.requireMethod(principal, method))
                        .hasMessageContaining(method.startsWith("etcd") ? "etcdserver: permission denied" : method);
            }
        }
    }
}
