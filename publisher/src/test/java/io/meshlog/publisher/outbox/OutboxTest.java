package io.meshlog.publisher.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.publisher.export.ExportChange.Withdraw;
import io.meshlog.publisher.outbox.OutboxListener.Refused;
import io.meshlog.publisher.outbox.OutboxState.Following;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an outbox says, and says again. */
class OutboxTest extends OutboxHarness {
    OutboxTest() {
        super(new Transitions());
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
        givenFollowing(1);
        outbox.onAck(link.connection, 1, 7, List.of(), now);
        outbox.onChanges(List.of(declare(1, "b")), now);
        assertThat(outbox.isSynced()).isFalse();
        outbox.onAck(link.connection, 2, 9, List.of(), now);

        assertThat(transitions.synced).containsExactly(7L, 9L);
        assertThat(outbox.revision()).isEqualTo(9);
    }

    @Test
    void refusalsAreTold() {
        givenFollowing(1);
        Refused refused = new Refused(1, "ADDRESS_OF_OTHER_CLUSTER", "no", 1);

        outbox.onAck(link.connection, 1, 1, List.of(refused), now);

        assertThat(transitions.refused).containsExactly(refused);
    }

    @Test
    void aResourceThatNoEventCanCarryIsLeftOutAndTakenBack() {
        givenFollowing(1);
        bytes = LIMITS.maxEventBytes();

        outbox.onChanges(List.of(declare(1, "huge"), declare(2, "huge")), now);
        outbox.onSendSnapshot(link.connection);

        assertThat(transitions.tooLarge).contains(key(1), key(2));
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

    @Test
    void aChangeAtTheFramesEdgeIsSaidAfterThem() {
        outbox.onDeclared(declared(8), now);
        opened(0);

        outbox.onChanges(List.of(declare(6, "edge")), now);
        ack(3);

        assertThat(statements().getLast()).isEqualTo(new Statement.Upsert(key(6), Value.of(identity(6, "edge"))));
    }

    @Test
    void aSnapshotThatIsSaidAgainCarriesWhatWasPending() {
        givenFollowing(1);
        link.ready = false;
        outbox.onChanges(List.of(declare(1, "b")), now);

        outbox.onSendSnapshot(link.connection);

        assertThat(outbox.pending()).isZero();
    }

    @Test
    void aSessionThatIsOverIsNotSynced() {
        givenFollowing(1);
        ack(1);
        assertThat(outbox.isSynced()).isTrue();

        outbox.onStreamEnded(link.connection, OVER, now);

        assertThat(outbox.isSynced()).isFalse();
    }
}
