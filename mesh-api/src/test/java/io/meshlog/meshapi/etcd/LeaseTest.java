package io.meshlog.meshapi.etcd;

import static io.meshlog.meshapi.etcd.TestEtcd.bytes;
import static io.meshlog.meshapi.etcd.TestEtcd.prefix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.etcd.LeaseGrantRequest;
import io.meshlog.schemas.etcd.LeaseGrpc;
import io.meshlog.schemas.etcd.LeaseKeepAliveRequest;
import io.meshlog.schemas.etcd.LeaseKeepAliveResponse;
import io.meshlog.schemas.etcd.LeaseRevokeRequest;
import io.meshlog.schemas.etcd.LeaseTimeToLiveRequest;
import io.meshlog.schemas.etcd.PutRequest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeaseTest {
    private static final long STAGGER_MS = 2_000;

    private TestEtcd etcd;
    private LeaseGrpc.LeaseBlockingStub leases;

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
        etcd.replica.feed.end = etcd.replica::revision;
        leases = LeaseGrpc.newBlockingStub(etcd.channel);
        etcd.services.tick();
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private long grant(long seconds) {
        return leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
                .getID();
    }

    private void put(String key, long lease) {
        etcd.kv.put(PutRequest.newBuilder()
                .setKey(bytes(key))
                .setValue(bytes("v"))
                .setLease(lease)
                .build());
    }

    private long count(String prefix) {
        return etcd.kv.range(prefix(prefix).build()).getCount();
    }

    private void pass(long ms) {
        etcd.laterMs.addAndGet(ms);
        // a lease of thousands of keys ends in several writes
        for (int i = 0; i < 10; i++) {
            etcd.services.tick();
        }
    }

    private long keepAlive(long lease) throws InterruptedException {
        BlockingQueue<LeaseKeepAliveResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<LeaseKeepAliveRequest> stream = LeaseGrpc.newStub(etcd.channel)
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable failed) {
                        answers.add(
                                LeaseKeepAliveResponse.newBuilder().setTTL(-2).build());
                    }

                    @Override
                    public void onCompleted() {}
                });
        stream.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        LeaseKeepAliveResponse answer = answers.poll(10, TimeUnit.SECONDS);
        stream.onCompleted();
        assertThat(answer).isNotNull();
        return answer.getTTL();
    }

    @Test
    void whatHangsOnALease_goesWithIt_whenNobodyKeepsItAlive() throws Exception {
        // given
        long kept = grant(60);
        long left = grant(60);
        put("kept", kept);
        put("left", left);

        // when
        pass(45_000);
        assertThat(keepAlive(kept)).isEqualTo(60);
        pass(20_000 + STAGGER_MS);

        // then
        assertThat(count("kept")).isEqualTo(1);
        assertThat(count("left")).isZero();
        assertThat(keepAlive(left)).isZero();
        assertThat(leases.leaseTimeToLive(
                                LeaseTimeToLiveRequest.newBuilder().setID(left).build())
                        .getTTL())
                .isEqualTo(-1);
    }

    @Test
    void keepingAlive_isWrittenOnlyWhenAThirdOfTheTimeIsOver() throws Exception {
        // given
        long lease = grant(60);
        int said = etcd.voice.said;

        // then
        assertThat(keepAlive(lease)).isBetween(55L, 60L);
        assertThat(etcd.voice.said).isEqualTo(said);
        pass(30_000);
        assertThat(keepAlive(lease)).isEqualTo(60);
        assertThat(etcd.voice.said).isEqualTo(said + 1);
    }

    @Test
    void anOutageOfTheLog_expiresNobody() throws Exception {
        // given
        long lease = grant(60);
        put("a", lease);

        // when
        etcd.voice.away = true;
        etcd.replica.feed.state = new io.meshlog.meshapi.feed.FeedState.Disconnected("Kafka is away");
        pass(45_000);
        assertThat(keepAlive(lease)).isBetween(1L, 15L);
        pass(3_600_000);
        etcd.voice.away = false;
        etcd.replica.feed.state = new io.meshlog.meshapi.feed.FeedState.Following(1);
        pass(0);

        // then
        assertThat(count("a")).isEqualTo(1);
        pass(59_000);
        assertThat(count("a")).isEqualTo(1);
        pass(1_000 + STAGGER_MS);
        assertThat(count("a")).isZero();
    }

    @Test
    void aLeaseOfManyKeys_isRevokedInBoundedWrites() {
        // given
        long lease = grant(60);
        for (int i = 0; i < 2_100; i++) {
            put("k/%04d".formatted(i), lease);
        }

        // when
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());

        // then
        assertThat(count("k/")).isZero();
        assertThatThrownBy(() -> put("a", lease)).hasMessage("NOT_FOUND: etcdserver: requested lease not found");
        assertThatThrownBy(() -> leases.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(lease).build()))
                .hasMessage("NOT_FOUND: etcdserver: requested lease not found");
    }

    @Test
    void shortLeases_getTheLeastTime_andIdsAreTakenOnce() {
        var granted = leases.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(7).setTTL(1).build());
        assertThat(granted.getTTL()).isEqualTo(5);
        assertThat(granted.getID()).isEqualTo(7);
        assertThatThrownBy(() -> leases.leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(7).setTTL(9).build()))
                .hasMessage("FAILED_PRECONDITION: etcdserver: lease already exists");
        // leases are records of the fleet, and no keys
        assertThat(count("\0meshlog/")).isZero();
    }
}
