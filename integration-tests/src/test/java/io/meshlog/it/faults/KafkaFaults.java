package io.meshlog.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.it.faults.FaultyRegistry.Mood;
import io.meshlog.it.faults.KafkaProxy.Break;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What brokers may do to a fleet, and what must hold all the same: no acknowledged event is lost, none is doubled or
 * overtaken; replicas serve what their disks hold; every part says what it lacks; and all of it recovers without anyone's
 * doing, within {@link #RECOVERY} of the fault's end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KafkaFaults {
    /** How long after a fault's end the next event may take to be seen. */
    static final Duration RECOVERY = Duration.ofMinutes(1);

    /** How long after a leader's death, with a majority left, the next event may take to be seen. */
    static final Duration FAIL_OVER = Duration.ofMinutes(1);

    private static final Duration NOTICE = Duration.ofSeconds(20);
    private static final long EVERY_MICROS = 10_000;

    @TempDir
    static Path folder;

    private Brokers brokers;
    private FleetInProcess fleet;

    /** Brokers that run. */
    abstract Brokers start(Path empty);

    @BeforeAll
    void startBrokers() {
        brokers = start(folder);
    }

    @AfterAll
    void stopBrokers() {
        if (brokers != null) {
            brokers.close();
        }
    }

    @BeforeEach
    void startFleet(TestInfo test) {
        fleet = new FleetInProcess(
                "f" + Integer.toUnsignedString(test.getDisplayName().hashCode(), Character.MAX_RADIX), brokers, folder);
    }

    @AfterEach
    void healAndStop() {
        brokers.heal();
        fleet.close();
    }

    @Test
    void theLogsLeaderIsKilled() throws Exception {
        fleet.cluster.talk(EVERY_MICROS);
        int leader = leader(brokers, fleet.topics.events());
        long start = System.nanoTime();
        brokers.kill(List.of(leader));
        seeTraffic(100, FAIL_OVER);
        say("events go on", start);

        brokers.restart(List.of(leader));
        settle();
    }

    @Test
    void theChangelogsLeaderIsPausedAndGoesOn() throws Exception {
        fleet.cluster.talk(EVERY_MICROS);
        int leader = leader(brokers, fleet.topics.changelog());
        long start = System.nanoTime();
        brokers.pause(leader);
        seeTraffic(100, FAIL_OVER);
        say("events go on", start);

        brokers.resume(leader);
        settle();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void twoOfThreeAreDownAndComeBack(boolean leaderStays) throws Exception {
        fleet.cluster.talk(EVERY_MICROS);
        seeTraffic(50, RECOVERY);
        int leader = leader(brokers, fleet.topics.events());
        int stays = leaderStays ? leader : (leader + 1) % Brokers.COUNT;
        List<Integer> two = Brokers.ALL.stream().filter(id -> id != stays).toList();
        brokers.kill(two);

        assertEveryPartSaysWhatItLacks();
        assertThat(fleet.listed()).isPositive();

        brokers.restart(two);
        settle();
    }

    @Test
    void allBrokersAreAway() {
        fleet.cluster.say(200);
        fleet.awaitSeen(RECOVERY);
        int before = fleet.listed();
        brokers.kill(Brokers.ALL);
        fleet.cluster.say(300);

        assertEveryPartSaysWhatItLacks();
        assertThat(fleet.component("kafka").getState()).contains("does not answer");
        assertThat(fleet.status().getConditionsList()).anyMatch(words -> words.startsWith("kafka does not answer"));
        assertThat(fleet.listed()).isEqualTo(before);
        fleet.restartMeshApi();
        assertThat(fleet.listed())
                .as("the guarantee Available: a replica that starts without Kafka serves its disk")
                .isEqualTo(before);

        brokers.restart(Brokers.ALL);
        long start = System.nanoTime();
        fleet.awaitSeen(RECOVERY);
        say("recovered", start);
        fleet.assertNothingIsLost();
    }

    @ParameterizedTest
    @EnumSource
    void theProjectorsWayBreaksAtItsCommits(Break where) {
        fleet.cluster.talk(EVERY_MICROS);
        for (int round = 0; round < 3; round++) {
            brokers.proxy().breakAt(KafkaProxy.END_TXN, where, 2);
            await().atMost(RECOVERY).until(() -> brokers.proxy().breaksLeft() == 0);
            seeTraffic(50, RECOVERY);
        }
        settle();
    }

    @Test
    void theProjectorIsCutOffFromEveryBroker() {
        fleet.cluster.talk(EVERY_MICROS);
        seeTraffic(50, RECOVERY);
        brokers.proxy().cut();

        await("the projector's own complaint")
                .atMost(NOTICE)
                .until(() ->
                        String.valueOf(fleet.projector().status().trouble()).contains("does not answer"));
        await("the replica's complaint")
                .atMost(NOTICE)
                .until(() -> !fleet.component("projector").getHealthy());
        assertThat(fleet.component("kafka").getHealthy()).isTrue();
        assertThat(fleet.status().getReplica().getSynced()).isTrue();

        brokers.proxy().heal();
        settle();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WELL")
    void theRegistryIsSickAndNothingWaitsForIt(Mood mood) {
        fleet.registry.become(mood);
        assertThat(fleet.roundTripMs(RECOVERY))
                .as("ms of the way while the registry is " + mood)
                .isLessThan(2_000);

        fleet.restartMeshApi();
        System.out.printf("registry %s: a new gateway takes events after %d ms%n", mood, fleet.roundTripMs(RECOVERY));
        await("the replica's complaint")
                .atMost(NOTICE)
                .until(() ->
                        fleet.component("schema registry").getState().endsWith("nothing of the fleet waits for it"));
        assertThat(fleet.registry.askedInVain()).isPositive();

        fleet.registry.become(Mood.WELL);
        await("the registry's return")
                .atMost(NOTICE)
                .until(() -> fleet.component("schema registry").getHealthy());
        fleet.assertNothingIsLost();
    }

    /** Waits until some more of what is said all the time was seen. */
    private void seeTraffic(int more, Duration bound) {
        int wanted = fleet.cluster.said() + more;
        await("%d nodes on the watch".formatted(wanted)).atMost(bound).until(() -> fleet.watch.seen() >= wanted);
    }

    private void settle() {
        long start = System.nanoTime();
        fleet.cluster.quiet();
        fleet.cluster.sayOne();
        fleet.awaitSeen(RECOVERY);
        say("recovered", start);
        fleet.assertNothingIsLost();
    }

    private void assertEveryPartSaysWhatItLacks() {
        await("the gateway's complaint")
                .atMost(NOTICE)
                .until(() -> fleet.component("gateway").getState().contains("the log does not take events"));
        await("the projector's complaint")
                .atMost(NOTICE)
                .until(() -> fleet.projector().status().trouble() != null);
        await("the publisher's undecided events")
                .atMost(NOTICE)
                .until(() -> !fleet.publisher().status().synced());
    }

    private static void say(String what, long sinceNanos) {
        System.out.printf("%s after %d ms%n", what, (System.nanoTime() - sinceNanos) / 1_000_000);
    }

    static int leader(Brokers brokers, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers.direct()))) {
            TopicPartitionInfo partition = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .getFirst();
            assertThat(partition.replicas()).hasSize(Brokers.COUNT);
            return partition.leader().id();
        }
    }
}
