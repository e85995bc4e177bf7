package io.meshlog.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.MeshApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** etcd's client library for Java, with its own timeouts and retries: against a real etcd, and against a Meshlog. */
@Timeout(600)
final class JetcdTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static EmbeddedKafka broker;
    private static FleetInProcess fleet;

    enum Target {
        ETCD,
        MESHLOG
    }

    @BeforeAll
    static void startFleet() {
        broker = FleetOnKafka.broker(folder);
        fleet = FleetInProcess.onOneBroker("jetcd", broker, folder);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
        broker.close();
    }

    /** One client of one target, and what has to end with it. */
    private record Connected(Client client, Runnable end) implements AutoCloseable {
        static Connected to(Target target) throws IOException {
            return switch (target) {
                case ETCD -> {
                    RealEtcd etcd = RealEtcd.start(folder);
                    yield new Connected(at(etcd.address()), etcd::close);
                }
                case MESHLOG -> new Connected(at("127.0.0.1:" + fleet.etcdPort()), () -> {});
            };
        }

        private static Client at(String address) {
            return Client.builder().endpoints("http://" + address).build();
        }

        @Override
        public void close() {
            client.close();
            end.run();
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T answer(CompletableFuture<T> future) throws Exception {
        return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static String said(KeyValue kv) {
        return kv.getKey() + "=" + kv.getValue();
    }

    private static List<String> said(GetResponse response) {
        return response.getKvs().stream().map(JetcdTest::said).toList();
    }

    @ParameterizedTest
    @EnumSource
    void keysAreWrittenReadAndDeleted(Target target) throws Exception {
        try (Connected to = Connected.to(target)) {
            // given
            KV kv = to.client().getKVClient();
            long first =
                    answer(kv.put(bytes("jetcd/kv/a"), bytes("1"))).getHeader().getRevision();
            answer(kv.put(bytes("jetcd/kv/b"), bytes("2")));

            // when
            var replaced = answer(kv.put(
                    bytes("jetcd/kv/a"),
                    bytes("3"),
                    PutOption.builder().withPrevKV().build()));
            GetOption prefix = GetOption.builder()
                    .isPrefix(true)
                    .withSortField(GetOption.SortTarget.KEY)
                    .withSortOrder(GetOption.SortOrder.DESCEND)
                    .build();
            GetResponse listed = answer(kv.get(bytes("jetcd/kv/"), prefix));
            GetResponse past = answer(kv.get(
                    bytes("jetcd/kv/a"), GetOption.builder().withRevision(first).build()));
            var deleted = answer(kv.delete(
                    bytes("jetcd/kv/"),
                    DeleteOption.builder().isPrefix(true).withPrevKV(true).build()));

            // then
            assertThat(said(replaced.getPrevKv())).isEqualTo("jetcd/kv/a=1");
            assertThat(said(listed)).containsExactly("jetcd/kv/b=2", "jetcd/kv/a=3");
            assertThat(listed.getKvs().getLast().getVersion()).isEqualTo(2);
            assertThat(listed.getKvs().getLast().getCreateRevision()).isEqualTo(first);
            assertThat(said(past)).containsExactly("jetcd/kv/a=1");
            assertThat(deleted.getPrevKvs())
                    .extracting(JetcdTest::said)
                    .containsExactly("jetcd/kv/a=3", "jetcd/kv/b=2");
            assertThat(answer(kv.get(bytes("jetcd/kv/"), prefix)).getCount()).isZero();
            assertThatThrownBy(() -> answer(kv.get(
                            bytes("jetcd/kv/a"),
                            GetOption.builder().withRevision(1L << 40).build())))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("required revision is a future revision");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionTakesOneOfItsBranches(Target target) throws Exception {
        try (Connected to = Connected.to(target)) {
            // given
            KV kv = to.client().getKVClient();
            ByteSequence key = bytes("jetcd/txn/lock");
            Cmp free = new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0));
            Op take = Op.put(key, bytes("mine"), PutOption.DEFAULT);
            Op look = Op.get(key, GetOption.DEFAULT);

            // when
            TxnResponse won = answer(kv.txn().If(free).Then(take).Else(look).commit());
            TxnResponse lost = answer(kv.txn().If(free).Then(take).Else(look).commit());

            // then
            assertThat(won.isSucceeded()).isTrue();
            assertThat(won.getPutResponses()).hasSize(1);
            assertThat(lost.isSucceeded()).isFalse();
            assertThat(said(lost.getGetResponses().getFirst())).containsExactly("jetcd/txn/lock=mine");
            assertThat(lost.getGetResponses().getFirst().getKvs().getFirst().getModRevision())
                    .isEqualTo(won.getHeader().getRevision());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLeaseHoldsItsKeys_untilItIsRevoked(Target target) throws Exception {
        try (Connected to = Connected.to(target)) {
            // given
            KV kv = to.client().getKVClient();
            Lease lease = to.client().getLeaseClient();
            long id = answer(lease.grant(60)).getID();
            answer(kv.put(
                    bytes("jetcd/lease/a"),
                    bytes("1"),
                    PutOption.builder().withLeaseId(id).build()));

            // then
            // etcd says what was granted, Meshlog what is left
            assertThat(answer(lease.keepAliveOnce(id)).getTTL()).isBetween(40L, 60L);
            var held = answer(lease.timeToLive(
                    id, LeaseOption.builder().withAttachedKeys().build()));
            assertThat(held.getGrantedTTL()).isEqualTo(60);
            assertThat(held.getKeys()).containsExactly(bytes("jetcd/lease/a"));

            // when
            answer(lease.revoke(id));

            // then
            assertThat(answer(kv.get(bytes("jetcd/lease/a"))).getCount()).isZero();
            assertThatThrownBy(() -> answer(lease.revoke(id))).hasMessageContaining("requested lease not found");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWatchTellsThePast_andWhatComes_withWhatWasThere(Target target) throws Exception {
        try (Connected to = Connected.to(target)) {
            // given
            KV kv = to.client().getKVClient();
            ByteSequence key = bytes("jetcd/watch/a");
            long first = answer(kv.put(key, bytes("1"))).getHeader().getRevision();
            answer(kv.put(key, bytes("2")));
            List<String> seen = new CopyOnWriteArrayList<>();
            WatchOption option =
                    WatchOption.builder().withRevision(first).withPrevKV(true).build();
            try (Watch.Watcher watcher = to.client()
                    .getWatchClient()
                    .watch(
                            key,
                            option,
                            heard -> heard.getEvents()
                                    .forEach(event -> seen.add("%s %s<-%s"
                                            .formatted(
                                                    event.getEventType(),
                                                    event.getKeyValue().getValue(),
                                                    event.getPrevKV().getValue()))))) {
                // when
                answer(kv.delete(key));

                // then
                await().atMost(LIMIT).until(() -> seen.size() >= 3);
                assertThat(watcher.isClosed()).isFalse();
                assertThat(seen).containsExactly("PUT 1<-", "PUT 2<-1", "DELETE <-2");
            }
        }
    }

    @Test
    void aWatchGoesOnAtAnotherReplica_whenItsOwnEnds() throws Exception {
        // given a client that knows two replicas, and begins with the one that is to end
        MeshApi other = fleet.startAnother("mesh-api-1");
        await().atMost(FleetInProcess.START_LIMIT).until(other::synced);
        List<String> seen = new CopyOnWriteArrayList<>();
        List<String> expected = IntStream.range(0, 40)
                .mapToObj(number -> "jetcd/moved/%02d".formatted(number))
                .toList();
        try (Client writer = Client.builder()
                        .endpoints("http://127.0.0.1:" + fleet.etcdPort())
                        .build();
                Client reader = Client.builder()
                        .endpoints("http://127.0.0.1:" + other.etcdPort(), "http://127.0.0.1:" + fleet.etcdPort())
                        .build()) {
            KV kv = writer.getKVClient();
            long first = answer(kv.put(bytes(expected.getFirst()), bytes("1")))
                    .getHeader()
                    .getRevision();
            try (Watch.Watcher watcher = reader.getWatchClient()
                    .watch(
                            bytes("jetcd/moved/"),
                            WatchOption.builder()
                                    .isPrefix(true)
                                    .withRevision(first)
                                    .build(),
                            heard -> heard.getEvents()
                                    .forEach(event -> seen.add(
                                            event.getKeyValue().getKey().toString())))) {
                await().atMost(LIMIT).until(() -> !seen.isEmpty());

                // when
                for (String key : expected.subList(1, 20)) {
                    answer(kv.put(bytes(key), bytes("1")));
                }
                other.close();
                for (String key : expected.subList(20, 40)) {
                    answer(kv.put(bytes(key), bytes("1")));
                }

                // then
                await().atMost(LIMIT).until(() -> seen.size() >= expected.size());
                assertThat(seen).containsExactlyElementsOf(expected);
                assertThat(watcher.isClosed()).isFalse();
            }
        } finally {
            other.close();
        }
    }
}
