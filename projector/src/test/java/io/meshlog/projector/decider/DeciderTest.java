package io.meshlog.projector.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.codec.ValueCodec;
import io.meshlog.events.fold.Decision;
import io.meshlog.events.fold.FleetFold;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.Statement;
import io.meshlog.projector.decider.Decider.State;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The decider against the real fold; time is what the test says it is. */
final class DeciderTest {
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final UUID LOG_ID = new UUID(1, 2);
    private static final DeciderPolicy.Founding FOUNDING = new DeciderPolicy.Founding("test", LOG_ID, 255);

    private final FleetInMemory fleet = new FleetInMemory();
    private final AtomicLong ids = new AtomicLong();
    private long nowMs = 1_000_000_000_000L;

    @Test
    void foundsTheFleet_whereTheLogIsEmpty() {
        Decider decider = caughtUp(policy());

        MeshEvent event = decider.onTick(nowMs, true);

        assertThat(event).isNotNull();
        assertThat(event.statement()).isEqualTo(new Statement.Found("test", LOG_ID, FleetFold.FEATURE_LEVEL, 255));
    }

    @Test
    void waitsForTheFounding_whereTheLogIsNotEmptyOrItMayNotFound() {
        assertThat(caughtUp(policy()).onTick(nowMs, false)).isNull();
        assertThat(caughtUp(DeciderPolicy.defaults(null)).onTick(nowMs, true)).isNull();
    }

    @Test
    void opensItsSession_whenTheFleetIsFounded() {
        Decider decider = caughtUp(policy());

        answerNext(decider);
        assertThat(decider.state()).isEqualTo(new State.Founding());
        MeshEvent opening = decider.onTick(nowMs, false);
        assertThat(decider.state()).isEqualTo(new State.Opening(1));
        assertThat(opening.sender().epoch()).isEqualTo(1);
        answer(opening, decider);

        assertThat(decider.state()).isEqualTo(new State.Deciding(1));
    }

    @Test
    void aSuccessorOpensTheNextEpoch_andFencesItsPredecessor() {
        Decider first = deciding();
        Decider second = caughtUp(policy());

        MeshEvent opening = second.onTick(nowMs, false);
        for (FleetChange change : fleet.decide(opening).changes()) {
            first.onChange(change, nowMs);
            second.onChange(change, nowMs);
        }

        assertThat(second.state()).isEqualTo(new State.Deciding(2));
        assertThat(first.state()).isInstanceOf(State.Resigned.class);
        assertThat(first.onTick(nowMs + HOUR, false)).isNull();
    }

    @Test
    void ofTwoWhoOpenTheSameEpoch_oneResigns() {
        deciding();
        Decider one = caughtUp(policy());
        Decider two = caughtUp(policy());
        MeshEvent openingOfOne = one.onTick(nowMs, false);
        MeshEvent openingOfTwo = two.onTick(nowMs, false);

        List<FleetChange> changes = new ArrayList<>(fleet.decide(openingOfOne).changes());
        changes.addAll(fleet.decide(openingOfTwo).changes());
        changes.forEach(change -> one.onChange(change, nowMs));
        changes.forEach(change -> two.onChange(change, nowMs));

        assertThat(one.state()).isEqualTo(new State.Deciding(2));
        assertThat(two.state()).isInstanceOf(State.Resigned.class);
    }

    @Test
    void saysOneThingAtATime_andSaysItAgainUnchanged_whenAppendingFailed() {
        Decider decider = deciding();
        fleet.begin("eastus", 1);
        fleet.expelWithMany("eastus", 10);
        catchUp(decider);
        nowMs += SECOND;

        MeshEvent step = decider.onTick(nowMs, false);
        assertThat(step.statement()).isInstanceOf(Statement.Step.class);
        assertThat(decider.onTick(nowMs + SECOND, false)).isNull();
        decider.onAppendFailed(step);

        assertThat(decider.onTick(nowMs + SECOND, false)).isEqualTo(step);
        assertThat(decider.onTick(nowMs + SECOND, false)).isNull();
    }

    @Test
    void stepsJobs_pacedAndUntilTheyAreDone() {
        Decider decider = deciding();
        fleet.begin("eastus", 1);
        fleet.expelWithMany("eastus", 10);
        catchUp(decider);

        int steps = 0;
        while (!fleet.state.jobs().isEmpty()) {
            nowMs += policy().stepPauseMs();
            MeshEvent event = decider.onTick(nowMs, false);
            assertThat(event).as("with jobs %s", fleet.state.jobs()).isNotNull();
            assertThat(event.statement()).isInstanceOf(Statement.Step.class);
            answer(event, decider);
            assertThat(decider.onTick(nowMs, false)).as("no pause").isNull();
            steps++;
        }

        assertThat(steps).isGreaterThan(1);
        nowMs += policy().stepPauseMs();
        assertThat(decider.onTick(nowMs, false)).isNull();
    }

    @Test
    void asksForADigest_onlyWhereTheRevisionMoved_andAfterAFullPeriod() {
        Decider decider = deciding();
        nowMs += policy().digestPeriodMs() - 1;
        assertThat(decider.onTick(nowMs, false)).isNull();

        nowMs += 1;
        MeshEvent event = decider.onTick(nowMs, false);
        assertThat(event.statement()).isEqualTo(new Statement.AskDigest());
        answer(event, decider);

        nowMs += HOUR;
        assertThat(decider.onTick(nowMs, false)).as("nothing moved").isNull();
    }

    @Test
    void asksForADigest_afterManyRevisions_withoutWaiting() {
        DeciderPolicy soon = new DeciderPolicy(FOUNDING, 5, 3, HOUR, HOUR, 24 * HOUR, 1_000, HOUR, HOUR);
        Decider decider = deciding(soon);
        answerNext(decider, false);
        fleet.begin("eastus", 1);
        fleet.upsert("eastus", "a", "1");
        fleet.upsert("eastus", "b", "1");
        catchUp(decider);

        assertThat(decider.onTick(nowMs, false).statement()).isEqualTo(new Statement.AskDigest());
    }

    @Test
    void movesTheHorizon_whenDeletesAreOldEnough_andNotBefore() {
        Decider decider = deciding();
        fleet.begin("eastus", 1);
        fleet.upsert("eastus", "a", "1");
        fleet.delete("eastus", "a");
        long deletedAt = fleet.state.revision();
        catchUp(decider);
        settle(decider);
        nowMs += policy().keepDeletesMs() - 2 * HOUR;
        fleet.upsert("eastus", "b", "1");
        catchUp(decider);
        settle(decider);
        assertThat(fleet.state.fleet().horizon()).isZero();

        nowMs += 3 * HOUR;
        settle(decider);

        assertThat(fleet.state.fleet().horizon()).isGreaterThan(deletedAt);
        assertThat(fleet.state.deletesBelow(deletedAt + 1, 1)).isEmpty();
    }

    @Test
    void movesTheHorizon_whenDeletesAreTooMany() {
        DeciderPolicy few = new DeciderPolicy(FOUNDING, 5, 10_000, HOUR, 60 * SECOND, 24 * HOUR, 10, 24 * HOUR, HOUR);
        Decider decider = deciding(few);
        fleet.begin("eastus", 1);
        for (int i = 0; i < 30; i++) {
            fleet.upsert("eastus", "key-" + i, "1");
            fleet.delete("eastus", "key-" + i);
        }
        catchUp(decider);
        nowMs += 60 * SECOND;

        settle(decider);

        long known = fleet.deletesOf("eastus");
        assertThat(known).isBetween(5L, 10L);
    }

    @Test
    void anIdleFleetComesToRest() {
        Decider decider = deciding();
        fleet.begin("eastus", 1);
        fleet.upsert("eastus", "a", "1");
        fleet.delete("eastus", "a");
        catchUp(decider);
        for (int hour = 0; hour < 30; hour++) {
            nowMs += HOUR;
            settle(decider);
        }
        long revision = fleet.state.revision();

        for (int hour = 0; hour < 100; hour++) {
            nowMs += HOUR;
            settle(decider);
        }

        assertThat(fleet.state.revision()).isEqualTo(revision);
    }

    @Test
    void everyStateIsVisited() {
        // Reading, Founding, Opening, Deciding and Resigned each have a test above; a new state breaks this switch
        State state = new Decider(policy(), new ValueCodec(), "test", this::id, id()).state();
        String visited = switch (state) {
            case State.Reading reading -> "foundsTheFleet_whereTheLogIsEmpty";
            case State.Founding founding -> "waitsForTheFounding_whereTheLogIsNotEmptyOrItMayNotFound";
            case State.Opening opening -> "opensItsSession_whenTheFleetIsFounded";
            case State.Deciding deciding -> "asksForADigest_onlyWhereTheRevisionMoved_andAfterAFullPeriod";
            case State.Resigned resigned -> "ofTwoWhoOpenTheSameEpoch_oneResigns";
        };
        assertThat(visited).isEqualTo("foundsTheFleet_whereTheLogIsEmpty");
    }

    private static DeciderPolicy policy() {
        return DeciderPolicy.defaults(FOUNDING);
    }

    private UUID id() {
        return new UUID(7, ids.incrementAndGet());
    }

    /** A decider that has read all there is. */
    private Decider caughtUp(DeciderPolicy policy) {
        Decider decider = new Decider(policy, new ValueCodec(), "test", this::id, id());
        fleet.changes.forEach(change -> decider.onChange(change, nowMs));
        decider.onCaughtUp(nowMs);
        return decider;
    }

    private Decider deciding() {
        return deciding(policy());
    }

    private Decider deciding(DeciderPolicy policy) {
        Decider decider = caughtUp(policy);
        if (fleet.state.fleet() == null) {
            answerNext(decider);
        }
        answerNext(decider);
        assertThat(decider.state()).isInstanceOf(State.Deciding.class);
        fleet.unread.clear();
        return decider;
    }

    private void answerNext(Decider decider) {
        answerNext(decider, true);
    }

    private void answerNext(Decider decider, boolean needed) {
        @Nullable MeshEvent event = decider.onTick(nowMs, fleet.isEmpty());
        if (needed) {
            assertThat(event).isNotNull();
        }
        if (event != null) {
            answer(event, decider);
        }
    }

    private void answer(MeshEvent event, Decider decider) {
        Decision decision = fleet.decide(event);
        catchUp(decider);
        decision.forgotten().forEach(decider::onForgotten);
    }

    private void catchUp(Decider decider) {
        fleet.unread.forEach(change -> decider.onChange(change, nowMs));
        fleet.unread.clear();
    }

    /** Ticks until the decider has nothing more to say at this time. */
    private void settle(Decider decider) {
        long most = 1_000;
        for (MeshEvent event = decider.onTick(nowMs, false); event != null; event = decider.onTick(nowMs, false)) {
            answer(event, decider);
            nowMs += policy().stepPauseMs();
            assertThat(--most).as("it never comes to rest, now with %s", event).isPositive();
        }
    }
}
