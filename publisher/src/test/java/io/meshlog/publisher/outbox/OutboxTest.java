package io.meshlog.publisher.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Identity;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange.Declare;
import io.meshlog.publisher.export.ExportChange.Withdraw;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.OutboxState.BackingOff;
import io.meshlog.publisher.outbox.OutboxState.Closed;
import io.meshlog.publisher.outbox.OutboxState.Connecting;
import io.meshlog.publisher.outbox.OutboxState.Fenced;
import io.meshlog.publisher.outbox.OutboxState.Following;
import io.meshlog.publisher.outbox.OutboxState.Opening;
import io.meshlog.publisher.outbox.OutboxState.Snapshotting;
import io.meshlog.publisher.outbox.OutboxState.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Transitions TRANSITIONS = new Transitions();
    private static final GatewayLimits LIMITS = new GatewayLimits(1_000_000, 2, 3);
    private static final StreamEnd LOST = new StreamEnd(StreamEnd.Code.LOST, "gone");
    private static final StreamEnd OVER = new StreamEnd(StreamEnd.Code.SESSION_OVER, "another writer");
    private static final int RESOURCE_BYTES = 100;

    private final FakeLink link = new FakeLink();
    private boolean leader = true;
    private int bytes = RESOURCE_BYTES;
    private long now;
    private final Outbox outbox = new Outbox(
            link,
            () -> leader,
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(1)),
            new CountingStamps(),
            resource -> bytes,
            TRANSITIONS);

    @AfterAll
    static void everyTransitionThatIsOfferedIsVisitedByATest() {
        assertThat(TRANSITIONS.visited()).containsExactlyInAnyOrderElementsOf(Transitions.offered());
    }

    @Test
    void withoutAListFromTheSourceThereIsNoSession() {
        outbox.onChanges(List.of(declare(1, "a")), now);
        outbox.onTick(now);

        assertThat(outbox.state()).isInstanceOf(Waiting.class);
        assertThat(link.connection).isZero();
    }

    @Test
    void aSnapshotIsASortedRunOfFrames() {
        givenFollowing(5);

        assertThat(statements())
                .containsExactly(
                        new Statement.Frame(null, key(2), values(1, 2)),
                        new Statement.Frame(key(2), key(4), values(3, 4)),
                        new Statement.Frame(key(4), null, values(5)));
        assertThat(link.sent).extracting(OutboxEvent::sequence).containsExactly(1L, 2L, 3L);
    }

    @Test
    void nothingDeclaredIsOneEmptyFrame() {
        givenFollowing(0);

        assertThat(statements()).containsExactly(new Statement.Frame(null, null, List.of()));
    }

    @Test
    void framesAreBoundedByBytes() {
        outbox.onDeclared(declared(3), now);
        connected();

        outbox.onOpened(
                link.connection, 0, new GatewayLimits(Declarations.ENVELOPE_BYTES + 2 * RESOURCE_BYTES, 100, 10), now);

        assertThat(statements())
                .containsExactly(
                        new Statement.Frame(null, key(2), values(1, 2)), new Statement.Frame(key(2), null, values(3)));
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
    void aStreamThatIsNotReadyGetsNothingUntilItIs() {
        link.ready = false;
        outbox.onDeclared(declared(1), now);
        opened(0);
        assertThat(link.sent).isEmpty();

        link.ready = true;
        outbox.onWritable(link.connection);

        assertThat(link.sent).hasSize(1);
    }

    @Test
    void changesFollowAndOnlyTheLastOfEachKeyIsSent() {
        givenFollowing(1);
        link.ready = false;
        outbox.onChanges(List.of(declare(1, "b"), declare(2, "x")), now);
        outbox.onChanges(List.of(declare(1, "c"), new Withdraw(key(2))), now);
        assertThat(outbox.pending()).isEqualTo(1);

        link.ready = true;
        outbox.onWritable(link.connection);

        assertThat(statements().getLast()).isEqualTo(new Statement.Upsert(key(1), Value.of(identity(1, "c"))));
        assertThat(link.sent).hasSize(2);
    }

    @Test
    void whatWasSaidIsWithdrawn() {
        givenFollowing(1);

        outbox.onChanges(List.of(new Withdraw(key(1))), now);

        assertThat(statements().getLast()).isEqualTo(new Statement.Delete(key(1)));
    }

    @Test
    void aChangeAheadOfTheFramesIsCarriedByThem() {
        outbox.onDeclared(declared(8), now);
        opened(0);

        outbox.onChanges(List.of(declare(8, "new"), declare(1, "new")), now);
        assertThat(outbox.pending()).isEqualTo(1);
        ack(1);
        ack(2);

        assertThat(statements().subList(3, 5))
                .containsExactly(
                        new Statement.Frame(
                                key(6), null, List.of(Value.of(identity(7, "a")), Value.of(identity(8, "new")))),
                        new Statement.Upsert(key(1), Value.of(identity(1, "new"))));
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

    @Test
    void aSnapshotGoesOnWhereItWasOnTheNextStream() {
        outbox.onDeclared(declared(8), now);
        opened(0);
        outbox.onStreamEnded(link.connection, LOST, now);
        passBackoff();

        opened(3);

        assertThat(statements()).containsExactly(new Statement.Frame(key(6), null, values(7, 8)));
    }

    @Test
    void belatedAndRepeatedWordsMeanNothing() {
        givenFollowing(1);
        ack(1);
        ack(1);
        outbox.onAck(link.connection - 1, 99, 1, List.of(), now);
        outbox.onStreamEnded(link.connection - 1, OVER, now);
        outbox.onConnected(link.connection, now);
        outbox.onOpened(link.connection, 0, LIMITS, now);
        outbox.onWritable(link.connection - 1);
        outbox.onSendSnapshot(link.connection - 1);

        assertThat(outbox.state()).isInstanceOf(Following.class);
        assertThat(outbox.isSynced()).isTrue();
    }

    @Test
    void syncedIsSaidEachTimeAllIsDecided() {
        TRANSITIONS.synced.clear();
        givenFollowing(1);
        outbox.onAck(link.connection, 1, 7, List.of(), now);
        outbox.onChanges(List.of(declare(1, "b")), now);
        assertThat(outbox.isSynced()).isFalse();
        outbox.onAck(link.connection, 2, 9, List.of(), now);

        assertThat(TRANSITIONS.synced).containsExactly(7L, 9L);
        assertThat(outbox.revision()).isEqualTo(9);
    }

    @Test
    void refusalsAreTold() {
        TRANSITIONS.refused.clear();
        givenFollowing(1);
        Refused refused = new Refused(1, "ADDRESS_OF_OTHER_CLUSTER", "no", 1);

        outbox.onAck(link.connection, 1, 1, List.of(refused), now);

        assertThat(TRANSITIONS.refused).containsExactly(refused);
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
            OutboxTest one = new OutboxTest();
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
    void aResourceThatNoEventCanCarryIsLeftOutAndTakenBack() {
        TRANSITIONS.tooLarge.clear();
        givenFollowing(1);
        bytes = LIMITS.maxEventBytes();

        outbox.onChanges(List.of(declare(1, "huge"), declare(2, "huge")), now);
        outbox.onSendSnapshot(link.connection);

        assertThat(TRANSITIONS.tooLarge).contains(key(1), key(2));
        assertThat(statements().subList(1, 3))
                .containsExactly(new Statement.Delete(key(1)), new Statement.Frame(null, null, List.of()));
    }

    @Test
    void waitsGrowToTheBoundAndShrinkAfterProgress() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), new Random(3));
        for (int bound : new int[] {100, 200, 400, 800, 1_000, 1_000}) {
            assertThat(backoff.nextMs()).isBetween(bound / 2L, (long) bound);
        }
        backoff.reset();
        assertThat(backoff.nextMs()).isLessThanOrEqualTo(100);
    }

    /** -1 Waiting, 0 Connecting, 1 Opening, 2 Snapshotting, 3 Following, 4 BackingOff, 5 Fenced. */
    private void reach(int step) {
        if (step < 0) {
            return;
        }
        outbox.onDeclared(declared(8), now);
        if (outbox.state() instanceof BackingOff) {
            passBackoff();
        }
        if (step >= 1) {
            connected();
        }
        if (step >= 2 && outbox.state() instanceof Opening) {
            link.ready = step != 2;
            outbox.onOpened(link.connection, 0, new GatewayLimits(1_000_000, 2, 10), now);
        }
        if (step >= 4) {
            outbox.onStreamEnded(link.connection, step == 4 ? LOST : OVER, now);
        }
    }

    private void givenFollowing(int resources) {
        outbox.onDeclared(declared(resources), now);
        opened(0);
        assertThat(outbox.state()).isInstanceOf(Following.class);
    }

    private void connected() {
        outbox.onConnected(link.connection, now);
    }

    private void opened(long decided) {
        connected();
        outbox.onOpened(link.connection, decided, LIMITS, now);
    }

    private void ack(long sequence) {
        outbox.onAck(link.connection, sequence, sequence, List.of(), now);
    }

    private void passBackoff() {
        now += 1_000;
        outbox.onTick(now);
    }

    private List<Statement> statements() {
        return link.sent.stream().map(OutboxEvent::statement).toList();
    }

    private static SortedMap<ResourceKey, Declared> declared(int count) {
        SortedMap<ResourceKey, Declared> declared = new TreeMap<>();
        for (int id = 1; id <= count; id++) {
            declared.put(key(id), identity(id, "a"));
        }
        return declared;
    }

    private static List<Value> values(int... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> Value.of(identity(id, "a")))
                .toList();
    }

    private static Declare declare(int id, String label) {
        return new Declare(key(id), identity(id, label));
    }

    static Identity identity(int id, String label) {
        return new Identity(id, List.of(new Identity.Label("k8s", "app", label)));
    }

    static ResourceKey key(int id) {
        return identity(id, "").keyIn("eastus");
    }
}
