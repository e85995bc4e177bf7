package io.meshlog.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.schemas.etcd.KVGrpc;
import io.meshlog.schemas.etcd.RangeRequest;
import io.meshlog.schemas.etcd.RangeResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred clients of the etcd face write keys with leases while a hundred watches read, a replica dies and comes back, and
 * the log's leader is killed. Each client writes {@code meshlog.load.keys} keys, 20 unless it is set; 1,000 make the full
 * load.
 */
final class EtcdLoadTest {
    private static final int CLIENTS = 100;
    private static final int WATCHES = 100;
    private static final int KEYS = Integer.getInteger("meshlog.load.keys", 20);
    private static final Duration LIMIT = Duration.ofMinutes(2).plusMillis(CLIENTS * KEYS * 10L);

    @TempDir
    Path folder;

    @Test
    @Timeout(3_600)
    void nothingIsLostDoubledOrOutOfOrder() throws Exception {
        // given three brokers and two replicas
        try (Brokers brokers = new ChildBrokers(folder);
                FleetInProcess fleet = new FleetInProcess("load", brokers, folder);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            MeshApi other = synced(fleet);
            AtomicIntegerArray ports = new AtomicIntegerArray(new int[] {fleet.etcdPort(), other.etcdPort()});
            Map<String, Long> acknowledged = new ConcurrentHashMap<>();
            long first = range(ports.get(0), 1).getHeader().getRevision() + 1;
            List<LoadWatch> watches = IntStream.range(0, WATCHES)
                    .mapToObj(number -> new LoadWatch(number, ports, first))
                    .toList();
            List<LoadClient> clients = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> new LoadClient(number, KEYS, ports, acknowledged))
                    .toList();

            // when a replica and a leader die under way
            long began = System.nanoTime();
            List<Future<?>> writing = new ArrayList<>();
            clients.forEach(client -> writing.add(threads.submit(client)));
            awaitAcknowledged(acknowledged, CLIENTS * KEYS / 4);
            other.close();
            awaitAcknowledged(acknowledged, CLIENTS * KEYS / 2);
            other = synced(fleet);
            ports.set(1, other.etcdPort());
            int leader = KafkaFaults.leader(brokers, fleet.topics.events());
            brokers.kill(List.of(leader));
            awaitAcknowledged(acknowledged, CLIENTS * KEYS * 3 / 4);
            brokers.restart(List.of(leader));
            for (Future<?> each : writing) {
                each.get();
            }

            // then
            try {
                Duration writingTook = Duration.ofNanos(System.nanoTime() - began);
                assertNothingIsLost(watches, acknowledged, ports);
                System.out.printf(
                        "%d keys by %d clients in %s, %d watches had all after %s%n",
                        acknowledged.size(),
                        CLIENTS,
                        writingTook,
                        WATCHES,
                        Duration.ofNanos(System.nanoTime() - began));
            } finally {
                clients.forEach(LoadClient::close);
                watches.forEach(LoadWatch::close);
                other.close();
            }
        }
    }

    private static MeshApi synced(FleetInProcess fleet) {
        MeshApi replica = fleet.startAnother("mesh-api-1");
        await().atMost(FleetInProcess.START_LIMIT).until(replica::synced);
        return replica;
    }

    private static void awaitAcknowledged(Map<String, Long> acknowledged, int count) {
        await("%d acknowledged writes".formatted(count)).atMost(LIMIT).until(() -> acknowledged.size() >= count);
    }

    private static void assertNothingIsLost(
            List<LoadWatch> watches, Map<String, Long> acknowledged, AtomicIntegerArray ports) {
        assertThat(acknowledged).hasSize(CLIENTS * KEYS);
        long last =
                acknowledged.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        await("all watches at revision %d".formatted(last))
                .atMost(LIMIT)
                .until(() -> watches.stream().allMatch(watch -> watch.upTo() >= last));
        List<String> seen = watches.getFirst().seen();
        assertThat(watches).allSatisfy(watch -> {
            assertThat(watch.wrong()).isEmpty();
            assertThat(watch.seen()).isEqualTo(seen);
        });
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen)
                .containsAll(acknowledged.entrySet().stream()
                        .map(each -> "%d PUT %s=%s"
                                .formatted(each.getValue(), each.getKey(), LoadClient.value(each.getKey())))
                        .toList());
        for (int i = 0; i < ports.length(); i++) {
            assertThat(range(ports.get(i), 0).getKvsList())
                    .as("the keys of replica %d", i)
                    .allSatisfy(kv -> assertThat(kv.getLease()).isNotZero())
                    .extracting(kv -> kv.getKey().toStringUtf8())
                    .containsExactlyElementsOf(
                            acknowledged.keySet().stream().sorted().toList());
        }
    }

    private static RangeResponse range(int port, long limit) {
        ManagedChannel channel = LoadClient.open(port);
        try {
            return KVGrpc.newBlockingStub(channel)
                    .withMaxInboundMessageSize(Integer.MAX_VALUE)
                    .range(RangeRequest.newBuilder()
                            .setKey(LoadClient.FIRST_KEY)
                            .setRangeEnd(LoadClient.END_OF_KEYS)
                            .setLimit(limit)
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }
}
