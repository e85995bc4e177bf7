package io.meshlog.meshapi.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.gateway.GatewayBench.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GatewayTest {
    private static final GatewayLimits LIMITS = GatewayLimits.DEFAULT;
    private static final UUID OTHER = new UUID(5, 5);

    private final GatewayBench bench = GatewayBench.ofTwoClusters(LIMITS);

    @Test
    void open_ofNewIncarnation_isAnsweredWhenTheFoldHasDecided() {
        // given
        Client client = bench.connect("eastus");

        // when
        client.open(GatewayBench.INCARNATION);

        // then
        assertThat(client.epoch).isEqualTo(-1);
        bench.decide();
        assertThat(client.epoch).isEqualTo(1);
        assertThat(client.decidedSequence).isZero();
        assertThat(client.requested).isEqualTo(PublishStream.READ_AHEAD);
        assertThat(bench.gateway.connectedClusters()).containsExactly("eastus");
    }

    @Test
    void open_ofTheSameIncarnation_resumesWithoutAnEvent() {
        // given
        Client first = bench.publisher("eastus");
        first.upsert(1);
        bench.decide();
        first.goAway();
        int events = bench.log.size();

        // when
        Client second = bench.connect("eastus");
        second.open(GatewayBench.INCARNATION);

        // then
        assertThat(second.epoch).isEqualTo(1);
        assertThat(second.decidedSequence).isEqualTo(1);
        assertThat(bench.log).hasSize(events);
    }

    @Test
    void open_ofTheSameIncarnation_endsItsEarlierStream() {
        // given
        Client first = bench.publisher("eastus");

        // when
        Client second = bench.connect("eastus");
        second.open(GatewayBench.INCARNATION);

        // then
        assertThat(second.epoch).isEqualTo(1);
        assertThat(first.status.getCode()).isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void open_wonByAnother_isAborted() {
        // given another opener whose event is first in the log
        bench.say("eastus", "publisher", 1, 0, new Statement.OpenSession(OTHER));
        Client client = bench.connect("eastus");

        // when
        client.open(GatewayBench.INCARNATION);
        bench.decide();

        // then
        assertThat(client.epoch).isEqualTo(-1);
        assertThat(client.status.getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(client.status.getDescription())
                .contains("eastus/sessions/publisher")
                .contains("epoch 1");
    }

    @Test
    void open_whenTwoOfOneGatewayRace_oneWins() {
        // given
        Client first = bench.connect("eastus");
        Client second = bench.connect("eastus");

        // when
        first.open(GatewayBench.INCARNATION);
        second.open(OTHER);
        bench.decide();

        // then
        assertThat(first.epoch).isEqualTo(1);
        assertThat(second.status.getCode()).isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void open_ofAClusterThatIsNotAdmitted_namesIt() {
        // when
        Client client = bench.connect("mars");
        client.open(GatewayBench.INCARNATION);

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(client.status.getDescription()).contains("mars");
    }

    @Test
    void open_beforeTheFounding_saysNothingToTheLog() {
        // given
        GatewayBench unfounded = new GatewayBench(LIMITS);

        // when
        Client client = unfounded.connect("eastus");
        client.open(GatewayBench.INCARNATION);

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(unfounded.log).isEmpty();
    }

    @Test
    void open_whileTheReplicaIsNotComplete_isUnavailable() {
        // given
        bench.notReady = "Bootstrapping: catching up";

        // when
        Client client = bench.connect("eastus");
        client.open(GatewayBench.INCARNATION);

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(client.status.getDescription()).contains("catching up");
    }

    @Test
    void open_thatNobodyDecides_endsInWords() {
        // given
        Client client = bench.connect("eastus");
        client.open(GatewayBench.INCARNATION);

        // when
        bench.nowMs += LIMITS.decisionTimeoutMs();
        bench.gateway.tick();
        bench.run();

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(client.status.getDescription()).contains("projector");
    }

    @Test
    void events_areStampedByTheGatewayAndAckedOncePerBatch() {
        // given
        Client client = bench.publisher("eastus");

        // when
        client.upsert(1);
        client.upsert(2);
        client.upsert(3);
        bench.decide();

        // then
        assertThat(bench.log.getLast().sender())
                .isEqualTo(new io.meshlog.events.model.MeshEvent.Sender(
                        "eastus", "cluster/eastus", "gw-0", "publisher", 1, 3));
        assertThat(client.acks).hasSize(1);
        assertThat(client.acked()).isEqualTo(3);
        assertThat(client.acks.getLast().getRevision()).isEqualTo(bench.state.revision());
    }

    @Test
    void refusals_comeWithTheAck() {
        // given
        Client client = bench.publisher("eastus");
        var foreign = new Statement.Delete(new ResourceKey("westus/opaque/x"));
        var upsert = new Statement.Upsert(
                new ResourceKey("westus/opaque/x"),
                io.meshlog.events.model.Value.of(
                        new io.meshlog.events.model.Opaque(GatewayBench.bytes("x"), GatewayBench.bytes("y"))));

        // when
        client.send(new Declaration(new UUID(8, 1), 1, java.util.OptionalLong.empty(), upsert, 1));
        client.send(new Declaration(new UUID(8, 2), 2, java.util.OptionalLong.empty(), foreign, 1));
        bench.decide();

        // then
        assertThat(client.acked()).isEqualTo(2);
        assertThat(client.acks.getLast().getRefusalsList()).singleElement().satisfies(refusal -> {
            assertThat(refusal.getSequence()).isEqualTo(1);
            assertThat(refusal.getRule()).isEqualTo("NOT_OWNER");
        });
        assertThat(bench.gateway.meter().refused()).isEqualTo(1);
    }

    @Test
    void traceOfAnEarlierSession_isNoAck() {
        // given a trace of epoch 1 that is still on its way when the replica holds epoch 2 already
        Client first = bench.publisher("eastus");
        first.upsert(1);
        bench.decide();
        Session before = bench.session(ResourceKey.session("eastus", "publisher"));
        bench.say("eastus", "publisher", 2, 0, new Statement.OpenSession(OTHER));
        bench.decide();
        Client second = bench.connect("eastus");
        second.open(OTHER);
        second.upsert(1);

        // when
        bench.traces.onTraces(List.of(before));
        bench.run();

        // then
        assertThat(second.epoch).isEqualTo(2);
        assertThat(second.acks).isEmpty();
    }

    @Test
    void ack_waitsForAClientThatDoesNotRead_andThenIsOne() {
        // given
        Client client = bench.publisher("eastus");
        client.ready = false;
        client.upsert(1);
        bench.decide();
        client.upsert(2);
        bench.decide();
        assertThat(client.acks).isEmpty();

        // when
        client.ready = true;
        client.flush();

        // then
        assertThat(client.acks).hasSize(1);
        assertThat(client.acked()).isEqualTo(2);
    }

    @Test
    void event_decidedAlready_isNotSaidAgain() {
        // given
        Client client = bench.publisher("eastus");
        client.upsert(1);
        bench.decide();
        int events = bench.log.size();

        // when
        client.upsert(1);

        // then
        assertThat(bench.log).hasSize(events);
        assertThat(client.status).isNull();
        assertThat(client.requested).isEqualTo(PublishStream.READ_AHEAD);
    }

    @Test
    void event_withAGap_endsTheStreamBeforeTheLog() {
        // given
        Client client = bench.publisher("eastus");
        int events = bench.log.size();

        // when
        client.upsert(2);

        // then
        assertThat(bench.log).hasSize(events);
        assertThat(client.status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(client.status.getDescription()).contains("2 came, 1 is next");
    }

    @Test
    void session_openedElsewhere_fencesTheStream() {
        // given
        Client client = bench.publisher("eastus");

        // when
        bench.say("eastus", "publisher", 2, 0, new Statement.OpenSession(OTHER));
        bench.decide();

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(bench.gateway.connectedClusters()).isEmpty();
    }

    @Test
    void gap_ofAnEventThisStreamSent_endsIt() {
        // given an event that the log lost between two that it kept
        Client client = bench.publisher("eastus");
        client.upsert(1);
        bench.log.removeLast();
        bench.say(null, "operator", 1, 3, new Statement.AdvanceHorizon(1, 0));
        client.upsert(2);

        // when
        bench.decide();

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(client.status.getDescription()).contains("sequence 2 came, 1 is next");
    }

    @Test
    void gap_ofWhatSomebodySentBefore_leavesTheStreamAlone() {
        // given
        Client client = bench.publisher("eastus");

        // when a belated event of a lost stream of the same session is decided
        bench.say("eastus", "publisher", 1, 7, new Statement.Delete(new ResourceKey("eastus/opaque/x")));
        bench.decide();

        // then
        assertThat(client.status).isNull();
    }

    @Test
    void failedAppend_endsTheStream_andTheNextGoesOnWithANewWriter() {
        // given
        Client client = bench.publisher("eastus");
        bench.failAppends = true;

        // when
        client.upsert(1);

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        Client early = bench.connect("eastus");
        early.open(GatewayBench.INCARNATION);
        assertThat(early.status.getDescription()).contains("the broker is gone");

        // when the log is back
        bench.failAppends = false;
        bench.nowMs += 1_000;
        bench.gateway.tick();
        bench.run();
        Client again = bench.connect("eastus");
        again.open(GatewayBench.INCARNATION);
        again.upsert(1);
        bench.decide();

        // then
        assertThat(again.acked()).isEqualTo(1);
        assertThat(bench.gateway.meter().undecidedChanges()).isZero();
    }

    @Test
    void clusterChange_asksForASnapshot_onceForEachChange() {
        // given
        Client client = bench.publisher("eastus");

        // when
        Cluster wider = new Cluster("eastus", 1, List.of("10.1.0.0/16"), List.of(), 0);
        bench.say(null, "operator", 1, 3, new Statement.Admit(wider));
        bench.decide();
        bench.gateway.clustersChanged();
        bench.gateway.clustersChanged();
        bench.run();

        // then
        assertThat(client.snapshotsAsked).singleElement().asString().contains("eastus");
    }

    @Test
    void expulsion_endsTheStream() {
        // given
        Client client = bench.publisher("eastus");

        // when
        bench.say(null, "operator", 1, 3, new Statement.Expel("eastus", "test"));
        bench.decide();
        bench.gateway.clustersChanged();
        bench.run();

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(client.status.getDescription()).contains("not admitted");
    }

    @Test
    void undecidedEventsOfASession_areBounded_alsoOverItsStreams() {
        // given
        GatewayBench small = GatewayBench.ofTwoClusters(new GatewayLimits(1_000, 10, 3, 100, 10, 1, 1_000));
        Client client = small.publisher("eastus");
        int before = small.log.size();
        for (int sequence = 1; sequence <= 5; sequence++) {
            client.upsert(sequence);
        }
        assertThat(small.log).hasSize(before + 3);
        assertThat(client.requested).isEqualTo(PublishStream.READ_AHEAD - 2);

        // when the client comes back while nothing is decided
        client.goAway();
        Client again = small.connect("eastus");
        again.open(GatewayBench.INCARNATION);
        again.upsert(1);

        // then it waits for what is in the log
        assertThat(small.log).hasSize(before + 3);
        small.decide();
        assertThat(again.acked()).isEqualTo(3);
        small.decide();
        assertThat(again.status).isNull();
    }

    @Test
    void frames_takeNoMoreThanTheirHalf_andChangesGoPastThem() {
        // given
        GatewayBench small = GatewayBench.ofTwoClusters(new GatewayLimits(1_000, 10, 100, 80, 10, 1, 1_000));
        Client snapshot = small.publisher("eastus");
        Client live = small.publisher("westus");
        int before = small.log.size();

        // when
        for (int sequence = 1; sequence <= 6; sequence++) {
            snapshot.frame(sequence, 10);
        }
        live.upsert(1);

        // then
        assertThat(small.gateway.meter().undecidedFrameWeight()).isEqualTo(40);
        assertThat(small.log).hasSize(before + 5);
        assertThat(small.log.getLast().sender().cluster()).isEqualTo("westus");

        // when
        small.decide();
        small.decide();

        // then
        assertThat(snapshot.acked()).isEqualTo(6);
        assertThat(live.acked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void turns_areFair_underARandomSchedule(long seed) {
        // given two busy clusters and room for few events
        Random random = new Random(seed);
        GatewayBench small = GatewayBench.ofTwoClusters(new GatewayLimits(1_000, 1, 100, 8, 10, 1, 1_000));
        List<Client> clients = List.of(small.publisher("eastus"), small.publisher("westus"));
        long[] next = {1, 1};
        int before = small.log.size();

        // when
        while (small.log.size() < before + 400) {
            int who = random.nextInt(3);
            if (who < 2 && clients.get(who).requested > 0) {
                clients.get(who).upsert(next[who]++);
            } else if (who == 2) {
                // both are always asking, whoever's turn it is
                for (int each = 0; each < 2; each++) {
                    while (clients.get(each).requested > 0) {
                        clients.get(each).upsert(next[each]++);
                    }
                }
                small.decide(1 + random.nextInt(4));
            }
        }

        // then each had its turns, in the order of its sequences
        for (Client client : clients) {
            List<Long> sequences = new ArrayList<>();
            small.log.subList(before, small.log.size()).stream()
                    .filter(event -> client.cluster.equals(event.sender().cluster()))
                    .forEach(event -> sequences.add(event.sender().sequence()));
            assertThat(sequences)
                    .as("seed %d", seed)
                    .hasSizeGreaterThan(180)
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(client.status).as("seed %d", seed).isNull();
        }
    }

    @Test
    void streamsBeyondTheLimit_areRefusedAsOverloaded() {
        // given
        GatewayBench small = GatewayBench.ofTwoClusters(new GatewayLimits(1_000, 10, 3, 100, 1, 1, 1_000));
        small.publisher("eastus");

        // when
        Client second = small.connect("westus");

        // then
        assertThat(second.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void stop_sendsClientsElsewhere() {
        // given
        Client client = bench.publisher("eastus");

        // when
        bench.gateway.stop();
        bench.run();

        // then
        assertThat(client.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(client.status.getDescription()).contains("stopping");
    }

    @Test
    void sessionState_isWhatTheReplicaSays() {
        // given
        Client client = bench.publisher("eastus");
        client.upsert(1);
        bench.decide();

        // then
        Session session = bench.session(ResourceKey.session("eastus", "publisher"));
        assertThat(session.sequence()).isEqualTo(client.acked());
        assertThat(session.principal()).isEqualTo("cluster/eastus");
    }
}
