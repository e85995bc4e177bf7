package io.meshlog.meshapi.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.etcd.keys.KeyRange;
import io.meshlog.events.etcd.keys.View;
import io.meshlog.meshapi.etcd.kv.KeyValues;
import io.meshlog.meshapi.grpc.TestReplica;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.schemas.etcd.WatchResponse;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is shared between watches, and what is not. */
final class EventBatchesTest {
    private static final Interest KEYS = new Interest(new View("eastus"), KeyRange.prefix("k/"), true, true, false);

    private TestReplica replica;
    private EventBatches batches;
    private long first;

    @BeforeEach
    void start() throws Exception {
        replica = new TestReplica();
        batches = new EventBatches(new ViewEvents(replica.hub, new KeyValues()));
        first = replica.revision() + 1;
    }

    @AfterEach
    void stop() {
        replica.close();
    }

    private void put(String key) {
        replica.put(TestReplica.opaque(key));
    }

    private EventBatch held(Interest interest) {
        return Objects.requireNonNull(batches.held(interest, first, replica.revision()));
    }

    @Test
    void watchesOfOneInterestAtOneRevision_areGivenTheSameBytes() {
        // given
        put("k/a");
        put("k/b");

        // then
        Interest equal = new Interest(new View("eastus"), KeyRange.prefix("k/"), true, true, false);
        assertThat(held(equal).bytes()).isSameAs(held(KEYS).bytes());
        assertThat(held(KEYS).ends()).hasSize(2);
        assertThat(held(KEYS).upTo()).isEqualTo(replica.revision());
    }

    @Test
    void whatOneDoesNotWant_isNotInItsBatch() {
        // given
        var gone = replica.put(TestReplica.opaque("k/a"));
        put("other");
        replica.delete(gone);

        // then
        assertThat(held(new Interest(KEYS.view(), KEYS.range(), false, true, false))
                        .ends())
                .hasSize(1);
        assertThat(held(KEYS).ends()).hasSize(2);
        assertThat(held(new Interest(KEYS.view(), KeyRange.prefix("none/"), true, true, false))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void aBatchThatWasNotFull_isMadeAnewWhenThereIsMore() {
        // given
        put("k/a");
        EventBatch small = held(KEYS);

        // when
        put("k/b");

        // then
        assertThat(small.full()).isFalse();
        assertThat(held(KEYS).ends()).hasSize(2);
    }

    @Test
    void aBatchThatIsFull_isSharedHoweverMuchCameSince() {
        // given
        for (int i = 0; i < 1_001; i++) {
            put("k/" + i);
        }
        EventBatch full = held(KEYS);
        assertThat(full.full()).isTrue();
        assertThat(full.upTo()).isEqualTo(first + full.ends().length - 1);

        // when
        put("k/more");

        // then
        assertThat(held(KEYS)).isSameAs(full);
    }

    @Test
    void whatIsNotHeldInMemory_comesFromTheStore_andIsSharedToo() {
        // given
        put("k/a");
        put("k/a");
        replica.hub.synced(replica.revision(), false);
        assertThat(batches.held(KEYS, first, replica.revision())).isNull();

        // when
        try (ReplicaSnapshot snapshot = Objects.requireNonNull(replica.hub.snapshot())) {
            EventBatch stored = batches.stored(KEYS, first, snapshot);

            // then
            assertThat(stored.ends()).hasSize(1);
            assertThat(stored.upTo()).isEqualTo(replica.revision());
            assertThat(batches.stored(KEYS, first, snapshot)).isSameAs(stored);
        }
    }

    @Test
    void afterForgetting_nothingIsTakenFromBefore() {
        // given
        put("k/a");
        EventBatch before = held(KEYS);

        // when
        batches.forget();

        // then
        assertThat(held(KEYS)).isNotSameAs(before);
    }

    @Test
    void aMessageIsWhatItsWatchSays_andTheSharedEvents_howeverItIsRead() throws Exception {
        // given
        put("k/a");
        put("k/b");
        EventBatch batch = held(KEYS);
        WatchResponse rest = WatchResponse.newBuilder().setWatchId(7).build();

        // when
        WatchResponse both = read(WatchMessage.of(rest, batch, 0, batch.bytes().length));
        WatchResponse second = read(WatchMessage.of(rest, batch, batch.ends()[0], batch.ends()[1]));

        // then
        assertThat(both.getWatchId()).isEqualTo(7);
        assertThat(both.getEventsList())
                .extracting(event -> event.getKv().getKey().toStringUtf8())
                .containsExactly("k/a", "k/b");
        assertThat(second.getEventsList()).containsExactly(both.getEvents(1));
    }

    private static WatchResponse read(WatchMessage message) throws Exception {
        try (InputStream whole = message.stream();
                InputStream single = message.stream()) {
            WatchResponse read = WatchResponse.parseFrom(whole);
            byte[] octets = new byte[single.available()];
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) single.read();
            }
            assertThat(single.read()).isEqualTo(-1);
            assertThat(WatchResponse.parseFrom(octets)).isEqualTo(read);
            return read;
        }
    }
}
