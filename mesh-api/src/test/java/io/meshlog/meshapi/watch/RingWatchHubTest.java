package io.meshlog.meshapi.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Statement;
import io.meshlog.meshapi.feed.ReplicaFoldAccess;
import io.meshlog.meshapi.store.ReplicaSnapshot;
import io.meshlog.meshapi.store.StorePosition;
import io.meshlog.meshapi.watch.ScriptedHub.Reader;
import io.meshlog.meshapi.watch.WatchEnd.Reason;
import io.meshlog.meshapi.watch.WatchSpec.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RingWatchHubTest {
    private static final Start SNAPSHOT = new Start.FromSnapshot();
    private static final Selector OPAQUE = ScriptedHub.OPAQUE;

    private final ScriptedHub hub = new ScriptedHub();

    @Test
    void aCancelledWatchIsToldNothingMore() {
        // given a bookmark that is due, and its tick on the way
        ScriptedHub scripted = new ScriptedHub();
        Reader reader = scripted.open(ScriptedHub.OPAQUE, new Start.FromSnapshot());
        scripted.run();
        scripted.upsert("a");
        scripted.run();
        reader.takeSeen();
        scripted.nowMs += 2_000;
        scripted.hub.tick();

        // when
        reader.watch.cancel();
        scripted.run();

        // then
        assertThat(reader.seen).isEmpty();
    }

    @Test
    void aSnapshotIsFollowedByEveryChangeAndABookmark() {
        hub.upsert("a", "b");
        long held = hub.revision();
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        hub.upsert("c");
        hub.run();
        hub.pass(Duration.ofSeconds(1));

        assertThat(reader.seen)
                .containsExactly(
                        "upsert|a|" + (held - 1),
                        "upsert|b|" + held,
                        "synced " + held,
                        "upsert|c|" + (held + 1),
                        "bookmark " + (held + 1));
    }

    @Test
    void aWriteOfManyChangesIsOneMessage() {
        hub.upsert("a", "b", "c", "d", "e");
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        reader.takeSeen();

        hub.fleet.say(new Statement.Frame(null, null, List.of()));
        hub.feed();
        hub.run();

        assertThat(reader.batches)
                .singleElement()
                .satisfies(batch -> assertThat(batch)
                        .hasSize(5)
                        .allMatch(change -> change.startsWith("removal|") && change.endsWith("|" + hub.revision())));
    }

    @Test
    void whatNoLongerMatchesIsRemovedAsDeselected() {
        Selector zone1 = new Selector(Set.of(), Set.of(Kind.NODE), Set.of(), Set.of(), Map.of("zone", "z1"));
        Reader reader = hub.open(zone1, SNAPSHOT);
        hub.run();
        reader.takeSeen();

        hub.fleet.upsertNode("n", Map.of("zone", "z1"));
        hub.fleet.upsertNode("m", Map.of("zone", "z2"));
        hub.fleet.upsertNode("n", Map.of("zone", "z2"));
        hub.fleet.upsertNode("m", Map.of("zone", "z3"));
        hub.feed();
        hub.run();

        long last = hub.revision();
        assertThat(reader.seen)
                .containsExactly(
                        "upsert|eastus/nodes/n|" + (last - 3) + "|z1", "deselected|eastus/nodes/n|" + (last - 1));
    }

    @Test
    void aReaderThatFallsOffTheRingGetsTheLatestOfEachKeyAndThenFollows() {
        Reader slow = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        slow.takeSeen();
        slow.credit = 0;

        for (int i = 0; i < 100; i++) {
            hub.upsert("a", "b");
            hub.run();
        }
        hub.upsert("gone");
        hub.fleet.delete("gone");
        hub.feed();
        long last = hub.revision();
        slow.take(100);
        hub.upsert("c");
        hub.run();

        assertThat(slow.seen)
                .containsExactly(
                        "upsert|a|" + (last - 3),
                        "upsert|b|" + (last - 2),
                        "removal|gone|" + last,
                        "bookmark " + last,
                        "upsert|c|" + (last + 1));
    }

    @Test
    void aReaderThatCatchesUpHoldsUpNobody() {
        hub.upsert("a", "b", "c", "d", "e", "f", "g");
        Reader quick = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        quick.takeSeen();

        // given one whose snapshot is begun and makes no progress
        Reader slow = hub.open(OPAQUE, SNAPSHOT);
        hub.runLoop();
        assertThat(hub.catchUps).isNotEmpty();
        hub.upsert("h");
        hub.runLoop();

        assertThat(quick.seen).containsExactly("upsert|h|" + hub.revision());
        assertThat(slow.seen).isEmpty();
        hub.run();
        assertThat(slow.seen).contains("upsert|h|" + hub.revision());
    }

    @Test
    void aSelectiveSnapshotReadsABoundedPartInOneStep() {
        for (int i = 0; i < 50; i++) {
            hub.upsert("k%02d".formatted(i));
        }
        StoreReading reading = new StoreReading(
                new Selector(Set.of(), Set.of(Kind.OPAQUE), Set.of(), Set.of("k49"), Map.of()),
                hub.open(OPAQUE, SNAPSHOT),
                new FixedView(hub));
        WatchPhase.Pinned pinned = reading.pinRange(null);
        WatchPhase.Snapshotting at = new WatchPhase.Snapshotting(pinned, pinned.revision(), null);
        int steps = 0;
        while (pinned.cursor().hasNext()) {
            at = reading.send(at, pinned);
            steps++;
        }

        assertThat(steps).isGreaterThanOrEqualTo(50 / ScriptedHub.LIMITS.scanned());
        pinned.release();
    }

    @Test
    void aTokenResumesWithWhatChangedAndNoSnapshot() {
        hub.upsert("a", "b");
        ResumeToken token = hub.token(hub.revision());
        hub.upsert("b", "c");
        long last = hub.revision();

        Reader inRing = hub.open(OPAQUE, new Start.AfterToken(token));
        Reader byRevision = hub.open(OPAQUE, new Start.AfterRevision(token.revision()));
        hub.run();
        for (int i = 0; i < 20; i++) {
            hub.upsert("d");
        }
        Reader fromStore = hub.open(OPAQUE, new Start.AfterToken(token));
        hub.run();

        assertThat(inRing.seen.subList(0, 3))
                .containsExactly("upsert|b|" + (last - 1), "upsert|c|" + last, "synced " + last);
        assertThat(byRevision.seen.subList(0, 3)).isEqualTo(inRing.seen.subList(0, 3));
        assertThat(fromStore.seen)
                .containsExactly(
                        "upsert|b|" + (last - 1),
                        "upsert|c|" + last,
                        "upsert|d|" + hub.revision(),
                        "synced " + hub.revision());
    }

    @Test
    void aTokenOfAnotherLogOrBelowTheHorizonBeginsAnew() {
        hub.upsert("a", "b");
        long old = hub.revision();
        hub.fleet.delete("b");
        hub.fleet.command(new Statement.AdvanceHorizon(hub.revision(), 0));
        hub.fleet.finishJobs();
        hub.feed();

        Reader foreign = hub.open(OPAQUE, new Start.AfterToken(new ResumeToken(new UUID(8, 8), old)));
        Reader below = hub.open(OPAQUE, new Start.AfterToken(hub.token(old)));
        hub.run();

        assertThat(hub.store.position().horizon()).isGreaterThan(old);
        assertThat(foreign.seen)
                .containsExactly(
                        "resync: the resume token is of another log",
                        "upsert|a|" + (old - 1),
                        "synced " + hub.revision());
        assertThat(below.seen.getFirst()).startsWith("resync: revision " + old + " is below the horizon");
        assertThat(below.seen).endsWith("synced " + hub.revision());
    }

    @Test
    void aWatchFromTheFutureIsHeldAndThenFollows() {
        Reader reader = hub.open(OPAQUE, new Start.AfterToken(hub.token(hub.revision() + 2)));
        hub.run();
        hub.pass(Duration.ofSeconds(4));
        assertThat(reader.seen).isEmpty();

        hub.upsert("a", "b", "c");
        hub.run();

        assertThat(reader.seen).containsExactly("upsert|c|" + hub.revision(), "synced " + hub.revision());
    }

    @Test
    void aWatchFromTheFutureEndsAfterFiveSecondsAndSaysHowFarBehindTheReplicaIs() {
        Reader reader = hub.open(OPAQUE, new Start.AfterToken(hub.token(hub.revision() + 2)));
        hub.run();
        hub.pass(Duration.ofSeconds(5));

        assertThat(reader.end.reason()).isEqualTo(Reason.BEHIND);
        assertThat(reader.end.message()).startsWith("behind by 2:");
        assertThat(reader.end.resume()).isNull();
        assertThat(hub.hub.openWatches()).isZero();
    }

    @Test
    void aReaderThatResumesIsSyncedWhenNothingIsMissing_howeverLateItReads() {
        // given one that has taken a part of what it missed
        ResumeToken token = hub.token(hub.revision());
        hub.upsert("a", "b", "c", "d", "e", "f");
        Reader reader = hub.open(OPAQUE, new Start.AfterToken(token));
        reader.take(1);
        int taken = reader.seen.size();

        // when time passes, and it is ready again
        reader.credit = 1;
        hub.nowMs += 5_000;
        hub.hub.tick();
        hub.runLoop();
        reader.take(Integer.MAX_VALUE);

        // then
        assertThat(taken).isBetween(1, 5);
        assertThat(reader.seen).hasSize(7).last().isEqualTo("synced " + hub.revision());
    }

    @Test
    void aStalledReaderIsCutAndResumesWhereItWas() {
        hub.upsert("a");
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        long complete = hub.revision();
        reader.takeSeen();
        reader.credit = 0;
        hub.upsert("b");
        hub.pass(Duration.ofSeconds(59));
        assertThat(reader.end).isNull();
        hub.pass(Duration.ofSeconds(1));

        assertThat(reader.end.reason()).isEqualTo(Reason.STALLED);
        assertThat(reader.end.resume()).isEqualTo(hub.token(complete));
        Reader again = hub.open(OPAQUE, new Start.AfterToken(reader.end.resume()));
        hub.run();
        assertThat(again.seen).containsExactly("upsert|b|" + hub.revision(), "synced " + hub.revision());
    }

    @Test
    void aReaderThatIsIdleAndReadyIsNotStalled() {
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        hub.pass(Duration.ofHours(1));
        reader.credit = 0;
        hub.pass(Duration.ofSeconds(1));

        assertThat(reader.end).isNull();
    }

    @Test
    void moreWatchesThanTheLimitAreRefused() {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i <= ScriptedHub.LIMITS.watches(); i++) {
            readers.add(hub.open(OPAQUE, SNAPSHOT));
        }
        hub.run();

        assertThat(readers.getLast().seen).containsExactly("closed: TOO_MANY");
        assertThat(readers.getLast().end.message()).contains("4 watches");
        assertThat(hub.hub.openWatches()).isEqualTo(ScriptedHub.LIMITS.watches());
        readers.getFirst().watch.cancel();
        hub.run();
        assertThat(hub.hub.openWatches()).isEqualTo(ScriptedHub.LIMITS.watches() - 1);
    }

    @Test
    void aHubThatStopsTellsEveryWatchWhereToGoOn() {
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        hub.hub.stop();
        hub.run();
        Reader late = hub.open(OPAQUE, SNAPSHOT);
        hub.run();

        assertThat(reader.end.reason()).isEqualTo(Reason.REPLICA_STOPPING);
        assertThat(reader.end.resume()).isEqualTo(hub.token(hub.revision()));
        assertThat(late.end.reason()).isEqualTo(Reason.REPLICA_STOPPING);
    }

    @Test
    void aStoreThatIsThrownAwayIsNeverSeenAsAnEmptyFleet() {
        hub.upsert("a");
        Reader reader = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        reader.takeSeen();

        // when the store is emptied, while a reader is at it and another one comes
        hub.hub.distrust("it differs");
        hub.store.clear();
        Reader late = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        hub.pass(Duration.ofSeconds(2));

        // then nothing is said until it is whole again
        assertThat(reader.seen).isEmpty();
        assertThat(late.seen).isEmpty();
        new ReplicaFoldAccess(hub.store).take(hub.fleet.changelog());
        hub.hub.synced(hub.revision(), true);
        hub.run();
        assertThat(reader.seen)
                .containsExactly("resync: it differs", "upsert|a|" + hub.revision(), "synced " + hub.revision());
        assertThat(late.seen).containsExactly("upsert|a|" + hub.revision(), "synced " + hub.revision());
    }

    @Test
    void aReaderWhoseCallBreaksIsClosedAndTheOthersGoOn() {
        Reader broken = hub.open(OPAQUE, SNAPSHOT);
        Reader well = hub.open(OPAQUE, SNAPSHOT);
        hub.run();
        broken.broken = true;
        well.takeSeen();

        hub.upsert("a");
        hub.run();

        assertThat(broken.end.reason()).isEqualTo(Reason.INTERNAL);
        assertThat(hub.faults).singleElement().asString().contains("the call is over");
        assertThat(well.seen).containsExactly("upsert|a|" + hub.revision());
        assertThat(hub.hub.openWatches()).isOne();
    }

    @Test
    void aViewThatIsHeldForTooLongIsRenewedAndWhatChangedMeanwhileFollows() {
        hub.upsert("a", "b", "c", "d", "e", "f", "g");
        long first = hub.revision();
        Reader slow = hub.open(OPAQUE, SNAPSHOT);
        slow.credit = 1;
        hub.run();
        assertThat(slow.takeSeen()).containsExactly("upsert|a|" + (first - 6), "upsert|b|" + (first - 5));

        hub.upsert("a");
        hub.fleet.delete("f");
        hub.feed();
        hub.nowMs += Duration.ofSeconds(31).toMillis();
        slow.take(100);

        assertThat(slow.seen)
                .containsExactly(
                        "upsert|c|" + (first - 4),
                        "upsert|d|" + (first - 3),
                        "upsert|e|" + (first - 2),
                        "upsert|g|" + first,
                        "upsert|a|" + (first + 1),
                        "removal|f|" + (first + 2),
                        "synced " + (first + 2));
    }

    /** A view of a hub's store for what is tested below the hub. */
    private record FixedView(ScriptedHub of) implements HubView {
        @Override
        public Ring ring() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChangeEncoder encoder() {
            return new TextEncoder();
        }

        @Override
        public HubLimits limits() {
            return ScriptedHub.LIMITS;
        }

        @Override
        public StorePosition position() {
            return of.store.position();
        }

        @Override
        public ReplicaSnapshot snapshot() {
            return of.store.snapshot();
        }

        @Override
        public long nowMs() {
            return of.nowMs;
        }

        @Override
        public void fault(RuntimeException fault) {
            throw fault;
        }
    }
}
