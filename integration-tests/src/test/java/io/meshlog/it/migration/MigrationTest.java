package io.meshlog.it.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.it.faults.FleetInProcess;
import io.meshlog.it.projector.FleetOnKafka;
import io.meshlog.meshapi.MeshApi;
import io.meshlog.publisher.Publisher;
import io.meshlog.publisher.PublisherConfig;
import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.SourceConfig;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.grpc.GatewaySecurity;
import io.meshlog.schemas.etcd.KVGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real etcd with what Cilium wrote, published into a fleet on a real broker, read at the fleet's etcd face, and mirrored from
 * there into another etcd.
 */
@Timeout(1_200)
final class MigrationTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String IDENTITY = "cilium/state/identities/v1/id/721299";
    private static final String SYNCED = "cilium/synced/cluster1/cilium/state/nodes/v1";
    private static final byte[] LABELS = bytes("k8s:app=late;k8s:io.cilium.k8s.policy.cluster=cluster1;");

    @TempDir
    static Path shared;

    private static EmbeddedKafka broker;
    private static FleetInProcess fleet;
    private static MeshApi face;
    private static ManagedChannel channel;
    private static Path program;

    @TempDir
    Path folder;

    private EtcdProcess etcd;
    private Publisher publisher;

    @BeforeAll
    static void startFleet() {
        program = EtcdProcess.build(shared);
        broker = FleetOnKafka.broker(shared);
        fleet = FleetInProcess.onOneBroker("migration", broker, shared);
        fleet.admit(GoldenState.CLUSTER, GoldenState.CLUSTER_ID);
        face = fleet.startAnother("mesh-api-1", GoldenState.CLUSTER);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", face.etcdPort())
                .usePlaintext()
                .build();
        await("the face").atMost(FleetInProcess.START_LIMIT).until(face::synced);
    }

    @AfterAll
    static void stopFleet() {
        if (fleet != null) {
            channel.shutdownNow();
            face.close();
            fleet.close();
            broker.close();
        }
    }

    @BeforeEach
    void fillEtcd() throws IOException {
        etcd = new EtcdProcess(program, folder);
        fill();
        publisher = publish();
        awaitEqual("what Cilium wrote");
    }

    @AfterEach
    void stop() {
        publisher.close();
        etcd.close();
    }

    private void fill() throws IOException {
        GoldenState.read("etcd1.start.jsonl").forEach((key, value) -> etcd.put(key, value));
    }

    private Publisher publish() {
        Publisher started = new Publisher(new PublisherConfig(
                ExportSettings.ofCluster(GoldenState.CLUSTER, GoldenState.CLUSTER_ID),
                List.of("127.0.0.1:" + fleet.grpcPort()),
                new GatewaySecurity.InsecureDev("publisher"),
                PublisherConfig.DEFAULT_WRITER,
                new SourceConfig.Etcd(etcd.config()),
                new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(1))));
        started.start();
        return started;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, ByteString> atTheFace() {
        return GoldenState.own(everythingAtTheFace());
    }

    private static Map<String, ByteString> everythingAtTheFace() {
        return EtcdProcess.read(KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS));
    }

    private void awaitEqual(String what) {
        await(what)
                .atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(atTheFace()).isEqualTo(GoldenState.own(etcd.state())));
    }

    @Test
    void whatCiliumWroteIsReadBackByteForByte_andSoIsEveryChange() throws Exception {
        // given
        assertThat(atTheFace()).hasSizeGreaterThan(30);

        // when
        Map<String, byte[]> after = GoldenState.read("etcd1.after.jsonl");
        after.forEach((key, value) -> etcd.put(key, value));
        for (String key : etcd.state().keySet()) {
            if (!after.containsKey(key)) {
                etcd.delete(key);
            }
        }
        etcd.put("cilium/state/rumours/v1/cluster1/one", bytes("of a kind that nobody knows"));

        // then
        awaitEqual("what Cilium wrote later");
        assertThat(publisher.status().problems()).isEmpty();
        assertThat(publisher.status().refused()).isEmpty();
    }

    @Test
    void anotherClustersKeyIsRefusedInWords() {
        // when
        etcd.put("cilium/state/nodes/v1/cluster2/intruder", bytes("{\"Name\":\"intruder\",\"Cluster\":\"cluster2\"}"));

        // then
        await("the refusal")
                .atMost(LIMIT)
                .until(() -> publisher.status().problems().stream()
                        .anyMatch(problem ->
                                problem.contains("is cluster cluster2's; this publisher speaks for cluster1")));
    }

    @Test
    void whatALeaseHeldIsGoneWithIt() {
        // given
        etcd.put(IDENTITY, LABELS, etcd.lease(2));
        await("the key").atMost(LIMIT).until(() -> atTheFace().containsKey(IDENTITY));

        // then
        await("its end").atMost(LIMIT).until(() -> !atTheFace().containsKey(IDENTITY));
        awaitEqual("the rest");
    }

    @Test
    void whileTheEtcdIsAwayNothingIsWithdrawn_andWhatHappenedBeforeACompactionIsFoundByAList() {
        // given
        Map<String, ByteString> before = atTheFace();
        int port = etcd.port();
        String gone = before.keySet().stream()
                .filter(key -> key.contains("/ip/v1/"))
                .findFirst()
                .orElseThrow();
        etcd.kill();
        await("the problem")
                .atMost(LIMIT)
                .until(() -> !publisher.status().problems().isEmpty());
        assertThat(atTheFace()).isEqualTo(before);

        // when it changes where the publisher does not look, and forgets how
        etcd.start("data", EtcdProcess.freePort());
        etcd.put(IDENTITY, LABELS);
        etcd.compact(etcd.delete(gone));
        etcd.kill();
        assertThat(atTheFace()).isEqualTo(before);
        etcd.start("data", port);

        // then
        awaitEqual("what is there now");
        assertThat(atTheFace()).containsKey(IDENTITY).doesNotContainKey(gone);
        await("the end of the problem")
                .atMost(LIMIT)
                .until(() -> publisher.status().problems().isEmpty());
    }

    @Test
    void anEmptyEtcdWithdrawsNothing_untilItIsFilledAnew() throws Exception {
        // given
        Map<String, ByteString> before = atTheFace();
        etcd.kill();

        // when
        etcd.start("empty", etcd.port());
        await("the problem")
                .atMost(LIMIT)
                .until(() -> publisher.status().problems().stream()
                        .anyMatch(problem -> problem.contains("cilium/cluster-config/cluster1 is not there yet")));

        // then
        assertThat(atTheFace()).isEqualTo(before);
        fill();
        etcd.put(IDENTITY, LABELS);
        awaitEqual("the new etcd");
        assertThat(atTheFace()).containsKey(IDENTITY);
    }

    @Test
    void whatWentAwayWhileNoPublisherRan_isGoneWithTheNext() throws Exception {
        // given
        etcd.put(IDENTITY, LABELS);
        await("the key").atMost(LIMIT).until(() -> atTheFace().containsKey(IDENTITY));

        // when
        publisher.close();
        etcd.delete(IDENTITY);
        assertThat(atTheFace()).containsKey(IDENTITY);
        publisher = publish();

        // then
        awaitEqual("the snapshot");
        assertThat(atTheFace()).doesNotContainKey(IDENTITY);
    }

    @Test
    void aMirrorOfTheClustersState_isWhatItsOwnEtcdHeld() throws Exception {
        try (EtcdProcess copy = new EtcdProcess(program, Files.createDirectory(folder.resolve("copy")))) {
            // given
            await("the marks of completeness")
                    .atMost(LIMIT)
                    .until(() -> everythingAtTheFace().containsKey(SYNCED));

            // when
            MirrorRun once = new MirrorRun(fleetConfig(), copy.config(), "--state", GoldenState.CLUSTER, "--once");

            // then
            assertThat(once.exitCode()).as(once.text()).isZero();
            assertThat(GoldenState.own(copy.state())).isEqualTo(GoldenState.own(etcd.state()));
            assertThat(copy.state()).containsKey("cilium/.heartbeat").containsKey(SYNCED);
        }
    }

    @Test
    void aMirrorFollows_goesOnAfterADowntime_andDeletesWhatWentMeanwhile() throws Exception {
        try (EtcdProcess copy = new EtcdProcess(program, Files.createDirectory(folder.resolve("copy")))) {
            // given
            MirrorRun first = new MirrorRun(fleetConfig(), copy.config(), "--state", GoldenState.CLUSTER);
            awaitMirrored(copy);
            etcd.put(IDENTITY, LABELS);
            await("a change").atMost(LIMIT).until(() -> copy.state().containsKey(IDENTITY));

            // when
            first.stop();
            assertThat(first.exitCode()).as(first.text()).isZero();
            etcd.delete(IDENTITY);
            etcd.put("cilium/state/rumours/v1/cluster1/one", bytes("of a kind that nobody knows"));
            awaitEqual("what happened meanwhile");
            assertThat(copy.state()).containsKey(IDENTITY);
            MirrorRun second = new MirrorRun(fleetConfig(), copy.config(), "--state", GoldenState.CLUSTER);

            // then
            awaitMirrored(copy);
            assertThat(second.text()).contains("going on at revision").doesNotContain("equal at revision");

            // and what the etcd lost while it was away comes again
            copy.kill();
            etcd.put(IDENTITY, LABELS);
            awaitEqual("a change while the copy is away");
            copy.start("data", copy.port());
            awaitMirrored(copy);
            second.stop();
            assertThat(second.exitCode()).as(second.text()).isZero();
        }
    }

    @Test
    void aMirrorLeavesAloneWhatNoMirrorWrote_unlessItIsTold() throws Exception {
        try (EtcdProcess copy = new EtcdProcess(program, Files.createDirectory(folder.resolve("copy")))) {
            // given
            copy.put("cilium/cache/nodes/v1/cluster9/stranger", bytes("{}"));

            // when
            MirrorRun refused = new MirrorRun(fleetConfig(), copy.config(), "--once");

            // then
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.text()).contains("holds 1 keys of cilium/cache that no mirror wrote", "--replace");
            MirrorRun told = new MirrorRun(fleetConfig(), copy.config(), "--once", "--replace");
            assertThat(told.exitCode()).as(told.text()).isZero();
            assertThat(copy.state())
                    .doesNotContainKey("cilium/cache/nodes/v1/cluster9/stranger")
                    .containsKey("cilium/cache/identities/v1/cluster1/id/721201")
                    .doesNotContainKey("cilium/cluster-config/cluster1")
                    .doesNotContainKey(SYNCED);
        }
    }

    private void awaitMirrored(EtcdProcess copy) {
        await("the mirror")
                .atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(GoldenState.own(copy.state())).isEqualTo(GoldenState.own(etcd.state())));
    }

    private Path fleetConfig() {
        return EtcdProcess.config(folder.resolve("fleet.yaml"), face.etcdPort());
    }
}
