package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.key;
import static io.meshlog.events.fold.FoldHarness.opaque;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JobsTest {
    private static final Limits ROOM_FOR_MORE = Limits.DEFAULT.withMaxChanges(7);
    private static final Limits SMALL = Limits.DEFAULT.withMaxChanges(Limits.LEAST_MAX_CHANGES);

    @Test
    void ofItsRangeAFrameLeavesExactlyWhatItNames() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        for (String name : List.of("a", "b", "c", "d")) {
            fleet.upsert("eastus", opaque(name, "1"));
        }
        fleet.upsert("westeurope", opaque("b", "1"));

        fleet.frame("eastus", opaqueKey("a"), opaqueKey("c"), opaque("c", "2"), opaque("bb", "2"));

        assertThat(opaques(fleet)).isEqualTo(Map.of("a", "1", "bb", "2", "c", "2", "d", "1", "westeurope b", "1"));
    }

    @Test
    void aFrameIsOneWrite() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.upsert("eastus", opaque("a", "1"));
        long before = fleet.state.revision();

        fleet.frame("eastus", null, null, opaque("b", "1"), opaque("c", "1"));

        List<FleetChange> write = fleet.changes.stream()
                .filter(change -> change.isWrite() && change.revision() == before + 1)
                .toList();
        assertThat(fleet.state.revision()).isEqualTo(before + 1);
        assertThat(write).extracting(FleetChange::op).containsExactly(Op.DELETE, Op.UPSERT, Op.UPSERT);
        assertThat(write).extracting(FleetChange::index).containsExactly(0, 1, 2);
        assertThat(write).extracting(FleetChange::count).containsOnly(3);
    }

    @Test
    void theLastFrameCompletesTheSnapshot() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        ResourceKey session = ResourceKey.session("eastus", "publisher");

        fleet.frame("eastus", null, opaqueKey("m"), opaque("a", "1"));
        Session half = fleet.state.session(session);
        fleet.frame("eastus", opaqueKey("m"), null, opaque("z", "1"));
        Session whole = fleet.state.session(session);

        assertThat(half.snapshotComplete()).isFalse();
        assertThat(half.snapshotKey()).isEqualTo(opaqueKey("m"));
        assertThat(whole.snapshotComplete()).isTrue();
    }

    @Test
    void aFrameTakesAwayViolationsAboutWhatItDoesNotName() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Value stolen = endpoint("10.2.0.9", "thief");
        Value others = FoldHarness.node("westeurope", "x", "172.2.0.1");
        fleet.upsert("eastus", stolen);
        fleet.say("eastus", new Statement.Upsert(key("westeurope", others), others));
        assertThat(fleet.live(Kind.VIOLATION)).hasSize(2);

        fleet.frame("eastus", null, null, stolen);
        assertThat(fleet.live(Kind.VIOLATION)).hasSize(1);

        fleet.frame("eastus", null, null);
        assertThat(fleet.live(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void aFrameDoesNotRemoveWhatAnEtcdClientWrote() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.open("eastus", "etcd");
        fleet.say("eastus", "etcd", put(opaque("theirs", "1")));
        fleet.upsert("eastus", opaque("mine", "1"));

        fleet.frame("eastus", null, null);

        assertThat(opaques(fleet)).isEqualTo(Map.of("theirs", "1"));
    }

    @Test
    void framesThatAreNoRangesOfTheClusterAreRefusedWhole() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.upsert("eastus", opaque("a", "1"));
        ResourceKey theirs = new ResourceKey("westeurope/opaque/a");

        assertThat(fleet.frame("eastus", null, theirs).rule()).isEqualTo(Rule.MALFORMED);
        assertThat(fleet.frame("eastus", opaqueKey("b"), opaqueKey("a")).rule()).isEqualTo(Rule.MALFORMED);
        assertThat(fleet.frame("eastus", null, opaqueKey("a"), opaque("b", "1")).rule())
                .isEqualTo(Rule.MALFORMED);
        assertThat(opaques(fleet)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aFrameThatIsTooLargeForOneWriteGoesOnAsAJob() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(SMALL);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            fleet.upsert("eastus", opaque(name, "1"));
        }

        fleet.frame("eastus", null, null, opaque("b", "1"), opaque("f", "1"), opaque("g", "1"));
        int steps = fleet.finishJobs();

        assertThat(steps).isGreaterThan(2);
        assertThat(opaques(fleet)).isEqualTo(Map.of("b", "1", "f", "1", "g", "1"));
        assertBounded(fleet, SMALL);
    }

    @Test
    void whatIsSaidAfterAnUnfinishedFrameHolds() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(SMALL);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            fleet.upsert("eastus", opaque(name, "1"));
        }

        fleet.frame("eastus", null, null, opaque("a", "1"), opaque("y", "1"), opaque("z", "1"));
        fleet.upsert("eastus", opaque("e", "1"));
        fleet.upsert("eastus", opaque("y", "2"));
        fleet.delete("eastus", opaqueKey("z"));
        fleet.finishJobs();

        assertThat(opaques(fleet)).isEqualTo(Map.of("a", "1", "e", "1", "y", "2"));
        assertBounded(fleet, SMALL);
    }

    @Test
    void whatTheWriterSaysNextGoesOnWithItsFrame() {
        FoldHarness before = ofTwentyDeletes(2);
        FoldHarness after = ofTwentyDeletes(3);

        for (int i = 0; i < 20; i++) {
            before.upsert("eastus", opaque("z", "v" + i));
            after.upsert("eastus", opaque("z", "v" + i));
        }

        assertThat(before.state.jobs()).hasSize(1);
        assertThat(after.state.jobs()).isEmpty();
        assertThat(opaques(after)).isEqualTo(Map.of("z", "v19"));
        assertBounded(after, ROOM_FOR_MORE);
        before.finishJobs();
        assertThat(opaques(before)).isEqualTo(opaques(after));
    }

    /** Of a publisher that has just begun anew with nothing. */
    private static FoldHarness ofTwentyDeletes(int featureLevel) {
        FoldHarness fleet = FoldHarness.ofTwoClusters(ROOM_FOR_MORE, featureLevel);
        for (int i = 10; i < 30; i++) {
            fleet.upsert("eastus", opaque("k" + i, "1"));
        }
        fleet.frame("eastus", null, null);
        return fleet;
    }

    @Test
    void aNewSessionOrANewSnapshotTakesTheUnfinishedFramesPlace() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(SMALL);
        fleet.frame("eastus", null, null, opaque("a", "1"), opaque("b", "1"), opaque("c", "1"));

        fleet.frame("eastus", null, null, opaque("d", "1"));
        assertThat(fleet.state.jobs()).hasSizeLessThanOrEqualTo(1);
        fleet.open("eastus", "publisher");

        assertThat(fleet.state.jobs()).isEmpty();
        assertBounded(fleet, SMALL);
    }

    @Test
    void anExpelledClusterLeavesNothingBehind() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(SMALL);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            fleet.upsert("eastus", opaque(name, "1"));
        }
        fleet.upsert("eastus", endpoint("10.2.0.9", "thief"));
        fleet.upsert("westeurope", opaque("a", "1"));

        fleet.command(new Statement.Expel("eastus", "moved away"));
        Session.Answer late = fleet.upsert("eastus", opaque("f", "1"));
        Session.Answer early = fleet.command(new Statement.Admit(FoldHarness.cluster("eastus", 1)));
        fleet.finishJobs();

        assertThat(late.rule()).isEqualTo(Rule.NOT_ADMITTED);
        assertThat(early.rule()).isEqualTo(Rule.CLUSTER_CONFLICT);
        assertThat(opaques(fleet)).isEqualTo(Map.of("westeurope a", "1"));
        assertThat(fleet.live(Kind.VIOLATION)).isEmpty();
        assertThat(fleet.command(new Statement.Admit(FoldHarness.cluster("eastus", 1)))
                        .code())
                .isEqualTo(AnswerCode.APPLIED);
        assertBounded(fleet, SMALL);
    }

    @Test
    void theHorizonForgetsDeletesBelowItAndNoOthers() {
        FoldHarness fleet = FoldHarness.ofTwoClusters(SMALL);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            fleet.upsert("eastus", opaque(name, "1"));
        }
        for (String name : List.of("a", "b", "c")) {
            fleet.delete("eastus", opaqueKey(name));
        }
        long horizon = fleet.state.revision() + 1;
        fleet.delete("eastus", opaqueKey("d"));

        fleet.command(new Statement.AdvanceHorizon(horizon, 0));
        fleet.finishJobs();

        assertThat(fleet.state.fleet().horizon()).isEqualTo(horizon);
        assertThat(fleet.entries.get(opaqueKey("c"))).isNull();
        assertThat(fleet.entries.get(opaqueKey("d")).deleted()).isTrue();
        assertThat(fleet.command(new Statement.AdvanceHorizon(fleet.state.revision() + 1, 0))
                        .rule())
                .isEqualTo(Rule.NOT_PERMITTED);
        assertBounded(fleet, SMALL);
    }

    private static void assertBounded(FoldHarness fleet, Limits limits) {
        assertThat(fleet.changes)
                .allSatisfy(change -> assertThat(change.count()).isBetween(0, limits.maxChanges()));
    }

    private static Statement put(Value value) {
        return new Statement.Transaction(List.of(), List.of(new Operation.Put(value, 0)), List.of());
    }

    static ResourceKey opaqueKey(String name) {
        return new ResourceKey("eastus/opaque/" + name);
    }

    private static Map<String, String> opaques(FoldHarness fleet) {
        return fleet.live(Kind.OPAQUE).entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> (entry.getKey().prefix().equals("eastus")
                                        ? ""
                                        : entry.getKey().prefix() + " ")
                                + entry.getKey().name(),
                        entry -> new String(
                                ((Opaque) entry.getValue().resource()).value().toArray(),
                                StandardCharsets.ISO_8859_1)));
    }
}
