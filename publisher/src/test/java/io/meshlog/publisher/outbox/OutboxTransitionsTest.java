package io.meshlog.publisher.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Statement;
import io.meshlog.publisher.outbox.OutboxState.BackingOff;
import io.meshlog.publisher.outbox.OutboxState.Closed;
import io.meshlog.publisher.outbox.OutboxState.Connecting;
import io.meshlog.publisher.outbox.OutboxState.Fenced;
import io.meshlog.publisher.outbox.OutboxState.Following;
import io.meshlog.publisher.outbox.OutboxState.Snapshotting;
import io.meshlog.publisher.outbox.OutboxState.Waiting;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Where an outbox goes from where. A transition that a state offers and no test makes fails the class. */
class OutboxTransitionsTest extends OutboxHarness {
    private static final Transitions VISITED = new Transitions();

    OutboxTransitionsTest() {
        super(VISITED);
    }

    @AfterAll
    static void everyTransitionThatIsOfferedIsVisitedByATest() {
        assertThat(VISITED.visited()).containsExactlyInAnyOrderElementsOf(Transitions.offered());
    }

    @Test
    void withoutAListFromTheSourceThereIsNoSession() {
        outbox.onChanges(List.of(declare(1, "a")), now);
        outbox.onTick(now);

        assertThat(outbox.state()).isInstanceOf(Waiting.class);
        assertThat(link.connection).isZero();
    }

    @Test
    void noMoreThanTheLimitIsUndecided() {
        outbox.onDeclared(declared(8), now);
        opened(0);

        assertThat(link.sent).hasSize(3);
        assertThat(outbox.state()).isInstanceOf(Snapshotting.class);

        ack(1);
        assertThat(link.sent).hasSize(4);
        assertThat(outbox.state()).isInstanceOf(Following.class);
        assertThat(outbox.undecided()).isEqualTo(3);
    }

    @Test
    void theFleetMayAskForTheSnapshotAgain() {
        givenFollowing(1);
        ack(1);
        outbox.onSendSnapshot(link.connection);

        assertThat(statements().getLast()).isEqualTo(new Statement.Frame(null, null, values(1)));
        assertThat(link.sent.getLast().sequence()).isEqualTo(2);
    }

    @Test
    void alsoWhileASnapshotIsUnderWay() {
        outbox.onDeclared(declared(8), now);
        opened(0);

        outbox.onSendSnapshot(link.connection);
        ack(3);

        assertThat(statements().get(3)).isEqualTo(new Statement.Frame(null, key(2), values(1, 2)));
    }

    @Test
    void aSessionThatIsOverIsFollowedByANewOneWithANewSnapshot() {
        givenFollowing(1);
        UUID before = link.incarnation();

        outbox.onStreamEnded(link.connection, OVER, now);
        assertThat(outbox.state()).isInstanceOf(Fenced.class);
        assertThat(outbox.undecided()).isZero();
        passBackoff();
        opened(0);

        assertThat(link.incarnation()).isNotEqualTo(before);
        assertThat(link.sent.getFirst().sequence()).isEqualTo(1);
        assertThat(statements()).containsExactly(new Statement.Frame(null, null, values(1)));
    }

    @Test
    void aSnapshotMayBeFencedToo() {
        outbox.onDeclared(declared(8), now);
        opened(0);

        outbox.onStreamEnded(link.connection, OVER, now);

        assertThat(outbox.state()).isInstanceOf(Fenced.class);
    }

    @Test
    void aFencedPublisherThatLeadsNoMoreStaysSilent() {
        givenFollowing(1);
        leader = false;
        outbox.onStreamEnded(link.connection, OVER, now);

        passBackoff();
        assertThat(outbox.state()).isInstanceOf(Waiting.class);

        leader = true;
        outbox.onTick(now);
        assertThat(outbox.state()).isInstanceOf(Connecting.class);
    }

    @Test
    void aPublisherThatLosesLeadershipStopsSpeaking() {
        for (int step = 0; step < 4; step++) {
            leader = true;
            reach(step);
            leader = false;
            outbox.onTick(now);
            assertThat(outbox.state()).isInstanceOf(Waiting.class);
            assertThat(link.disconnected).isEqualTo("leadership is lost");
        }
    }

    @Test
    void whoeverBacksOffWithoutLeadershipWaits() {
        reach(0);
        leader = false;
        outbox.onStreamEnded(link.connection, LOST, now);

        passBackoff();

        assertThat(outbox.state()).isInstanceOf(Waiting.class);
    }

    @Test
    void aGatewayThatKnowsAnotherSessionEndsThisOne() {
        givenFollowing(1);
        ack(1);
        outbox.onStreamEnded(link.connection, LOST, now);
        passBackoff();

        opened(0);

        assertThat(outbox.state()).isInstanceOf(Fenced.class);
    }

    @Test
    void anAckOfWhatWasNotSaidEndsTheSession() {
        givenFollowing(1);

        ack(2);

        assertThat(outbox.state()).isInstanceOf(Fenced.class);
    }

    @Test
    void aGatewayThatIsSilentIsGivenUp() {
        for (int step = 0; step < 2; step++) {
            reach(step);
            now += Outbox.STEP_TIMEOUT_MS;
            outbox.onTick(now);
            assertThat(outbox.state()).isInstanceOf(BackingOff.class);
            passBackoff();
        }
    }

    @Test
    void everyStreamMayBreak() {
        for (int step = 0; step < 4; step++) {
            reach(step);
            outbox.onStreamEnded(link.connection, LOST, now);
            assertThat(outbox.state()).isInstanceOf(BackingOff.class);
            passBackoff();
        }
    }

    @Test
    void itCanBeClosedInEveryState() {
        for (int step = -1; step < 6; step++) {
            OutboxTransitionsTest one = new OutboxTransitionsTest();
            one.reach(step);
            one.outbox.close();
            one.outbox.close();
            assertThat(one.outbox.state()).isEqualTo(new Closed());
            one.outbox.onTick(one.now + 100_000);
            one.outbox.onChanges(List.of(declare(1, "z")), one.now);
            assertThat(one.outbox.state()).isEqualTo(new Closed());
        }
    }

    @Test
    void whatIsUndecidedIsSentAgainUnchangedAndTheSessionGoesOn() {
        givenFollowing(5);
        List<OutboxEvent> before = List.copyOf(link.sent);
        UUID incarnation = link.incarnation();
        ack(1);
        outbox.onStreamEnded(link.connection, LOST, now);
        assertThat(outbox.state()).isInstanceOf(BackingOff.class);
        outbox.onChanges(List.of(declare(1, "late")), now);

        passBackoff();
        opened(2);

        assertThat(link.incarnation()).isEqualTo(incarnation);
        assertThat(link.sent.getFirst()).isEqualTo(before.get(2));
        assertThat(link.sent.get(1).sequence()).isEqualTo(4);
        assertThat(outbox.state()).isInstanceOf(Following.class);
    }
}
