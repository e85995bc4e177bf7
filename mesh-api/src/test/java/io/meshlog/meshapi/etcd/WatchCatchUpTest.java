package io.meshlog.meshapi.etcd;

import static io.meshlog.meshapi.etcd.TestEtcd.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.grpc.TestReplica;
import io.meshlog.meshapi.store.StoreBatch;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Watches from further back than writes are held in memory. */
final class WatchCatchUpTest {
    private TestEtcd etcd;
    private final BlockingQueue<WatchResponse> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private void watch(long start) throws InterruptedException {
        WatchGrpc.newStub(etcd.channel)
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse message) {
                        received.add(message);
                    }

                    @Override
                    public void onError(Throwable failed) {
                        // the test's end closes the channel
                    }

                    @Override
                    public void onCompleted() {
                        // it does not complete
                    }
                })
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setKey(bytes("k/"))
                                .setRangeEnd(bytes("k0"))
                                .setStartRevision(start)
                                .setPrevKv(true))
                        .build());
        assertThat(next().getCreated()).isTrue();
    }

    private WatchResponse next() throws InterruptedException {
        WatchResponse next = received.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a message in time").isNotNull();
        return next;
    }

    /** As after a start: nothing is held in memory. */
    private void forgetMemory() {
        etcd.replica.hub.synced(etcd.replica.revision(), false);
    }

    private ResourceKey put(String key) {
        return etcd.replica.put(TestReplica.opaque(key));
    }

    @Test
    void theLatestOfEachKey_comesInTheOrderOfRevisions_andThenWhatFollows() throws Exception {
        // given
        long start = etcd.replica.revision() + 1;
        put("k/a");
        ResourceKey gone = put("k/b");
        put("k/a");
        etcd.replica.delete(gone);
        put("other");
        forgetMemory();

        // when
        watch(start);

        // then
        WatchResponse caughtUp = next();
        assertThat(caughtUp.getEventsList())
                .extracting(
                        event -> event.getType() + " " + event.getKv().getKey().toStringUtf8() + "@"
                                + (event.getKv().getModRevision() - start))
                .containsExactly("PUT k/a@2", "DELETE k/b@3");
        assertThat(caughtUp.getEventsList()).noneMatch(Event::hasPrevKv);
        assertThat(caughtUp.getHeader().getRevision()).isEqualTo(etcd.replica.revision());
        put("k/a");
        assertThat(next().getEvents(0).getPrevKv().getModRevision()).isEqualTo(start + 2);
    }

    @Test
    void alsoInManyMessages_noHeaderIsAhead_andNothingIsLostOrDoubled() throws Exception {
        // given
        long start = etcd.replica.revision() + 1;
        for (int i = 0; i < 5_000; i++) {
            put("k/" + i);
        }
        forgetMemory();

        // when
        watch(start);

        // then
        Set<String> seen = new HashSet<>();
        List<Long> revisions = new ArrayList<>();
        int messages = 0;
        while (seen.size() < 5_000) {
            WatchResponse message = next();
            messages++;
            for (Event event : message.getEventsList()) {
                assertThat(seen.add(event.getKv().getKey().toStringUtf8())).isTrue();
                assertThat(event.getKv().getModRevision())
                        .isLessThanOrEqualTo(message.getHeader().getRevision());
                revisions.add(event.getKv().getModRevision());
            }
            assertThat(revisions.getLast()).isEqualTo(message.getHeader().getRevision());
        }
        assertThat(revisions).isSorted();
        assertThat(messages).isGreaterThan(2);
    }

    @Test
    void belowTheHorizon_theClientIsToldToListAnew() throws Exception {
        // given
        put("k/a");
        put("k/a");
        long revision = etcd.replica.revision();
        etcd.replica.store.apply(new StoreBatch(
                List.of(),
                List.of(),
                new StorePosition(TestReplica.LOG_ID, revision, revision, revision, revision - 1)));
        forgetMemory();

        // when
        watch(1);

        // then
        WatchResponse canceled = next();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCompactRevision()).isEqualTo(revision);
        assertThat(canceled.getCancelReason()).isEqualTo("mvcc: required revision has been compacted");
        assertThat(etcd.services.openWatches()).isZero();
        // from there on it goes
        watch(revision);
        assertThat(next().getEvents(0).getKv().getModRevision()).isEqualTo(revision);
    }
}
