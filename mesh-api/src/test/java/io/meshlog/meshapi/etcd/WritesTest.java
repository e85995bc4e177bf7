package io.meshlog.meshapi.etcd;

import static io.meshlog.meshapi.etcd.TestEtcd.bytes;
import static io.meshlog.meshapi.etcd.TestEtcd.prefix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.stub.MetadataUtils;
import io.meshlog.schemas.etcd.Compare;
import io.meshlog.schemas.etcd.Compare.CompareResult;
import io.meshlog.schemas.etcd.Compare.CompareTarget;
import io.meshlog.schemas.etcd.DeleteRangeRequest;
import io.meshlog.schemas.etcd.DeleteRangeResponse;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.PutRequest;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RequestOp;
import io.meshlog.schemas.etcd.TxnRequest;
import io.meshlog.schemas.etcd.TxnResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WritesTest {
    private static final String NODE = "cilium/state/nodes/v1/eastus/n1";

    private TestEtcd etcd;

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    private static String node(String name) {
        return Golden.node(name, "eastus");
    }

    private List<String> keys(String prefix) {
        return etcd.kv.range(prefix(prefix).build()).getKvsList().stream()
                .map(each -> each.getKey().toStringUtf8())
                .toList();
    }

    @Test
    void ciliumsValueIsATypedResource_seenByEveryone_byteForByte() {
        // when
        long revision = etcd.kv.put(put(NODE, node("n1"))).getHeader().getRevision();

        // then
        assertThat(revision).isEqualTo(etcd.replica.revision());
        assertThat(keys("cilium/")).contains(NODE, "cilium/cache/nodes/v1/eastus/n1");
        assertThat(etcd.kv.range(prefix(NODE).build()).getKvs(0).getValue()).isEqualTo(bytes(node("n1")));
        assertThat(etcd.replica.store.snapshot().get(new io.meshlog.events.model.ResourceKey("eastus/nodes/n1")))
                .isNotNull();
    }

    @Test
    void whatIsNotTheirs_orNotWhatTheKeySays_isRefusedInWords() {
        assertThatThrownBy(() -> etcd.kv.put(put("cilium/state/nodes/v1/edge/n1", Golden.node("n1", "edge"))))
                .hasMessageContaining("PERMISSION_DENIED")
                .hasMessageContaining("edge's");
        assertThatThrownBy(() -> etcd.kv.put(put(NODE, "nonsense"))).hasMessageContaining("no JSON");
        assertThatThrownBy(() -> etcd.kv.put(put(NODE, node("n2")))).hasMessageContaining("another name than its key");
        assertThatThrownBy(() -> etcd.kv.put(put("cilium/.heartbeat", "now"))).hasMessageContaining("UNIMPLEMENTED");
        assertThatThrownBy(() -> etcd.kv.put(put("\0meshlog/lease/1", "9"))).hasMessageContaining("UNIMPLEMENTED");
        // the fleet's admission: identities outside of the cluster's range
        assertThatThrownBy(() -> etcd.kv.put(put("cilium/state/identities/v1/id/999999999", "k8s:a=b;")))
                .hasMessageContaining("FAILED_PRECONDITION")
                .hasMessageContaining("IDENTITY_OUT_OF_RANGE");
        assertThat(keys("cilium/state/")).isEmpty();
    }

    @Test
    void whatIsTooLargeForTheLog_isRefused_beforeItEndsTheSession() {
        // given
        PutRequest large = PutRequest.newBuilder()
                .setKey(bytes("k/large"))
                .setValue(ByteString.copyFrom(new byte[1 << 20]))
                .build();

        // then
        assertThatThrownBy(() -> etcd.kv.put(large)).hasMessageContaining("request is too large");
        assertThat(etcd.voice.said).isZero();
    }

    @Test
    void anOperatorWritesForWhomTheKeyNames() {
        // given
        KVGrpc.KVBlockingStub operator = KVGrpc.newBlockingStub(etcd.operators);

        // when
        operator.put(put(NODE, node("n1")));

        // then
        assertThat(keys("cilium/state/")).containsExactly(NODE);
        assertThatThrownBy(() -> operator.put(put("whose", "1"))).hasMessageContaining("whose key is whose");
        KVGrpc.KVBlockingStub stranger = KVGrpc.newBlockingStub(etcd.operators)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(TestEtcd.speakingFor("edge")));
        assertThatThrownBy(() -> stranger.deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes(NODE)).build()))
                .hasMessageContaining("PERMISSION_DENIED");
    }

    @Test
    void aRangeIsDeletedWhole_andEveryKeyOfItCounts() {
        // given
        etcd.kv.put(put(NODE, node("n1")));
        etcd.kv.put(put("cilium/state/nodes/v1/eastus/n2", node("n2")));
        etcd.kv.put(put("k/a", "1"));

        // when
        DeleteRangeResponse nodes = etcd.kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(bytes("cilium/state/nodes/v1/eastus/"))
                .setRangeEnd(bytes("cilium/state/nodes/v1/eastus0"))
                .setPrevKv(true)
                .build());

        // then
        assertThat(nodes.getDeleted()).isEqualTo(2);
        assertThat(nodes.getPrevKvs(0).getValue()).isEqualTo(bytes(node("n1")));
        assertThat(keys("cilium/cache/")).isEmpty();
        assertThat(keys("k/")).containsExactly("k/a");
        assertThatThrownBy(() -> etcd.kv.deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes("cilium/"))
                        .setRangeEnd(bytes("cilium0"))
                        .build()))
                .hasMessageContaining("has to name one cluster");
    }

    private static Compare absent(String key) {
        return Compare.newBuilder()
                .setKey(bytes(key))
                .setTarget(CompareTarget.CREATE)
                .setResult(CompareResult.EQUAL)
                .build();
    }

    private static RequestOp opPut(String key, String value) {
        return RequestOp.newBuilder().setRequestPut(put(key, value)).build();
    }

    private static RequestOp opRead(String prefix) {
        RangeRequest.Builder read = prefix(prefix);
        return RequestOp.newBuilder().setRequestRange(read).build();
    }

    @Test
    void aLock_isOnes_andTheOtherSeesWhose() {
        TxnRequest lock = TxnRequest.newBuilder()
                .addCompare(absent("lock"))
                .addSuccess(opRead("lock"))
                .addSuccess(opPut("lock", "mine"))
                .addFailure(opRead("lock"))
                .build();

        // when
        TxnResponse first = etcd.kv.txn(lock);
        TxnResponse second = etcd.kv.txn(lock);

        // then
        assertThat(first.getSucceeded()).isTrue();
        // a read before the write sees what was there before it
        assertThat(first.getResponses(0).getResponseRange().getCount()).isZero();
        assertThat(second.getSucceeded()).isFalse();
        assertThat(second.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("mine"));
        assertThat(second.getHeader().getRevision()).isEqualTo(first.getHeader().getRevision());
    }

    @Test
    void whatTheFoldCannotDecideAsEtcd_isRefusedBefore() {
        assertUnimplemented(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestTxn(TxnRequest.getDefaultInstance())));
        assertUnimplemented(TxnRequest.newBuilder()
                .addSuccess(opPut("a", "1"))
                .addSuccess(opRead("a"))
                .addSuccess(opPut("b", "1")));
        assertUnimplemented(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes("a"))
                        .setTarget(CompareTarget.VALUE)
                        .setResult(CompareResult.LESS)
                        .setValue(ByteString.copyFromUtf8("b")))
                .addSuccess(opPut("a", "1")));
        assertThat(etcd.voice.said).isZero();
    }

    private void assertUnimplemented(TxnRequest.Builder request) {
        assertThatThrownBy(() -> etcd.kv.txn(request.build())).hasMessageStartingWith("UNIMPLEMENTED: meshlog: ");
    }
}
