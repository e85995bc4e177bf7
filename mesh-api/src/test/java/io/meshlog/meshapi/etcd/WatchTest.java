package io.meshlog.meshapi.etcd;

import static io.meshlog.meshapi.etcd.TestEtcd.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.meshlog.meshapi.grpc.TestReplica;
import io.meshlog.schemas.etcd.Event;
import io.meshlog.schemas.etcd.Event.EventType;
import io.meshlog.schemas.etcd.WatchCancelRequest;
import io.meshlog.schemas.etcd.WatchCreateRequest;
import io.meshlog.schemas.etcd.WatchGrpc;
import io.meshlog.schemas.etcd.WatchProgressRequest;
import io.meshlog.schemas.etcd.WatchRequest;
import io.meshlog.schemas.etcd.WatchResponse;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WatchTest {
    private static final String SERVICES = "cilium/state/services/v1/eastus/";
    private static final int MOST_WATCHES = 50_000;

    private TestEtcd etcd;
    private Client client;

    /** A stream and what came on it. */
    private static final class Client implements StreamObserver<WatchResponse> {
        final BlockingQueue<WatchResponse> received = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> ended = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests;

        WatchResponse next() throws InterruptedException {
            WatchResponse next = received.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("a message in time").isNotNull();
            return next;
        }

        void create(WatchCreateRequest.Builder create) {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
        }

        @Override
        public void onNext(WatchResponse value) {
            received.add(value);
        }

        @Override
        public void onError(Throwable failed) {
            ended.add(failed);
        }

        @Override
        public void onCompleted() {
            ended.add(new IllegalStateException("completed"));
        }
    }

    @BeforeEach
    void start() throws Exception {
        etcd = new TestEtcd(60_000);
        client = open(etcd);
    }

    private static Client open(TestEtcd etcd) {
        Client client = new Client();
        client.requests = WatchGrpc.newStub(etcd.channel).watch(client);
        return client;
    }

    @AfterEach
    void stop() {
        etcd.close();
    }

    private static WatchCreateRequest.Builder prefix(String prefix) {
        int last = prefix.length() - 1;
        return WatchCreateRequest.newBuilder()
                .setKey(bytes(prefix))
                .setRangeEnd(bytes(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1)));
    }

    private long service(String name) {
        etcd.replica.put(TestReplica.service("shop", name, Map.of("at", Long.toString(etcd.replica.revision()))));
        return etcd.replica.revision();
    }

    @Test
    void whatComesIsSent_andTheHeaderIsNeverAhead() throws Exception {
        // given
        client.create(prefix(SERVICES));
        WatchResponse created = client.next();
        assertThat(created.getCreated()).isTrue();
        assertThat(created.getHeader().getRevision()).isEqualTo(etcd.replica.revision());

        // when
        long revision = service("web");

        // then
        WatchResponse put = client.next();
        assertThat(put.getHeader().getRevision()).isEqualTo(revision);
        assertThat(put.getHeader().getClusterId()).isEqualTo(created.getHeader().getClusterId());
        assertThat(put.getEventsList()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo(EventType.PUT);
            assertThat(event.getKv().getKey().toStringUtf8()).isEqualTo(SERVICES + "shop/web");
            assertThat(event.getKv().getModRevision()).isEqualTo(revision);
            assertThat(event.hasPrevKv()).isFalse();
        });
    }

    @Test
    void fromThePast_everyVersionComesOnce_withWhatWasBefore() throws Exception {
        // given
        long first = service("web");
        service("web");
        var key = TestReplica.service("shop", "web", Map.of()).keyIn("eastus");
        etcd.replica.delete(key);
        etcd.replica.put(TestReplica.opaque("not/watched"));

        // when
        client.create(prefix(SERVICES).setStartRevision(first).setPrevKv(true));

        // then
        assertThat(client.next().getHeader().getRevision()).isEqualTo(first - 1);
        WatchResponse past = client.next();
        assertThat(past.getHeader().getRevision()).isEqualTo(etcd.replica.revision());
        assertThat(past.getEventsList())
                .extracting(event -> event.getKv().getModRevision())
                .containsExactly(first, first + 1, first + 2);
        assertThat(past.getEventsList()).extracting(Event::hasPrevKv).containsExactly(false, true, true);
        assertThat(past.getEvents(2).getType()).isEqualTo(EventType.DELETE);
        assertThat(past.getEvents(2).getPrevKv().getModRevision()).isEqualTo(first + 1);
    }

    @Test
    void aFutureRevision_isWaitedFor() throws Exception {
        // given
        long future = etcd.replica.revision() + 3;
        client.create(prefix(SERVICES).setStartRevision(future));
        assertThat(client.next().getHeader().getRevision()).isEqualTo(etcd.replica.revision());

        // when
        service("a");
        service("b");
        service("c");

        // then
        assertThat(client.next().getEventsList())
                .singleElement()
                .satisfies(event -> assertThat(event.getKv().getModRevision()).isEqualTo(future));
    }

    @Test
    void manyWatchesOfAStream_eachGetTheirs_andCanBeCanceled() throws Exception {
        // given
        client.create(prefix(SERVICES).addFilters(WatchCreateRequest.FilterType.NOPUT));
        client.create(prefix("k/").setWatchId(7));
        assertThat(client.next().getWatchId()).isZero();
        assertThat(client.next().getWatchId()).isEqualTo(7);

        // when
        service("web");
        etcd.replica.put(TestReplica.opaque("k/a"));

        // then
        assertThat(client.next().getWatchId()).isEqualTo(7);
        client.requests.onNext(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(7))
                .build());
        assertThat(client.next().getCanceled()).isTrue();
        etcd.replica.put(TestReplica.opaque("k/b"));
        client.requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
        WatchResponse progress = client.next();
        assertThat(progress.getWatchId()).isEqualTo(-1);
        assertThat(progress.getHeader().getRevision()).isEqualTo(etcd.replica.revision());
        assertThat(etcd.services.openWatches()).isEqualTo(1);
    }

    @Test
    void whatCannotBeWatched_isRefusedInEtcdsWords() throws Exception {
        client.create(WatchCreateRequest.newBuilder().setKey(bytes("b")).setRangeEnd(bytes("a")));
        assertThat(client.next())
                .matches(WatchResponse::getCanceled)
                .matches(WatchResponse::getCreated)
                .matches(refused -> refused.getCancelReason().equals("mvcc: watcher range is empty"));
    }

    @Test
    void oneWatchTooMany_isRefusedInWords_andTheOthersGoOn() throws Exception {
        // given as many as there may be
        for (int i = 0; i < MOST_WATCHES; i++) {
            client.create(prefix("none/"));
            assertThat(client.next().getCanceled()).isFalse();
        }

        // when
        client.create(prefix(SERVICES));

        // then
        WatchResponse refused = client.next();
        assertThat(refused.getCanceled()).isTrue();
        assertThat(refused.getCancelReason()).isEqualTo("meshlog: 50000 watches are open at this replica, the limit");

        // when one ends
        client.requests.onNext(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(7))
                .build());
        assertThat(client.next().getCanceled()).isTrue();
        client.create(prefix(SERVICES));

        // then there is room for another
        assertThat(client.next().getCanceled()).isFalse();
        long revision = service("web");
        assertThat(client.next().getEvents(0).getKv().getModRevision()).isEqualTo(revision);
    }

    @Test
    void aReplicaThatWasWrong_tellsItsWatchesToListAnew() throws Exception {
        // given
        client.create(prefix(SERVICES));
        client.next();

        // when
        etcd.replica.hub.synced(etcd.replica.revision(), true);

        // then
        WatchResponse canceled = client.next();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCompactRevision()).isEqualTo(etcd.replica.revision() + 1);
        assertThat(client.ended.poll(10, TimeUnit.SECONDS)).hasMessageContaining("UNAVAILABLE");
        assertThat(etcd.services.openWatches()).isZero();
    }

    @Test
    void theHeartbeatComes_alsoWhenNothingChanges() throws Exception {
        try (TestEtcd quick = new TestEtcd(10)) {
            // given
            Client other = open(quick);
            other.create(prefix("cilium/.heartbeat").setStartRevision(quick.replica.revision() + 1));
            other.next();

            // when
            WatchResponse beat = null;
            while (beat == null) {
                quick.services.tick();
                beat = other.received.poll(20, TimeUnit.MILLISECONDS);
            }

            // then
            assertThat(beat.getHeader().getRevision()).isEqualTo(quick.replica.revision());
            assertThat(beat.getEvents(0).getKv().getKey().toStringUtf8()).isEqualTo("cilium/.heartbeat");
            assertThat(beat.getEvents(0).getKv().getModRevision()).isEqualTo(quick.replica.revision());
        }
    }
}
