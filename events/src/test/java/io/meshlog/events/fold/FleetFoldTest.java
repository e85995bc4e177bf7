package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.key;
import static io.meshlog.events.fold.FoldHarness.sender;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.events.model.Digest;
import io.meshlog.events.model.Fleet;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.Hash128;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.events.model.Violation;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FleetFoldTest {
    private static final Value WEB = endpoint("10.1.0.7", "web-0");
    private static final ResourceKey WEB_KEY = key("eastus", WEB);

    @Test
    void foundingIsRevisionOne() {
        FoldHarness fleet = new FoldHarness();

        Decision decision =
                fleet.decide(sender(null, "setup", 0, 0), new Statement.Found("test", FoldHarness.LOG_ID, 1, 255));

        assertThat(decision.revision()).isEqualTo(1);
        assertThat(decision.changes()).singleElement().satisfies(change -> {
            assertThat(change.key()).isEqualTo(ResourceKey.FLEET);
            assertThat(change.revision()).isEqualTo(1);
            assertThat(change.index()).isZero();
            assertThat(change.count()).isEqualTo(1);
        });
        assertThat(fleet.state.fleet()).isEqualTo(new Fleet("test", FoldHarness.LOG_ID, 1, 255, 0, 0));
    }

    @Test
    void aLogThatDoesNotBeginWithAFoundingStopsTheFold() {
        FoldHarness fleet = new FoldHarness();

        assertThatThrownBy(() -> fleet.open(null, "operator"))
                .isInstanceOfSatisfying(
                        FoldStoppedException.class,
                        stopped -> assertThat(stopped.reason()).isEqualTo(FoldStoppedException.Reason.NOT_FOUNDED))
                .hasMessageContaining("event offset 0");
    }

    @Test
    void aHoleInTheLogStopsTheFold() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        long next = fleet.state.nextEventOffset();
        MeshEvent event = new MeshEvent(
                new UUID(1, 1),
                sender("eastus", "publisher", 1, 1),
                OptionalLong.empty(),
                new Statement.Delete(WEB_KEY));

        assertThatThrownBy(() -> fleet.fold.decide(fleet.state, next + 1, event))
                .isInstanceOfSatisfying(
                        FoldStoppedException.class,
                        stopped -> assertThat(stopped.reason()).isEqualTo(FoldStoppedException.Reason.HOLE))
                .hasMessageContaining("offset " + next + " was expected");
        assertThatThrownBy(() -> fleet.fold.decide(fleet.state, next - 1, event))
                .isInstanceOf(FoldStoppedException.class);
    }

    @Test
    void aFeatureLevelThisVersionDoesNotKnowStopsTheFold() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        assertThatThrownBy(() -> fleet.command(new Statement.RaiseFeatureLevel(FleetFold.FEATURE_LEVEL + 1)))
                .isInstanceOfSatisfying(
                        FoldStoppedException.class,
                        stopped -> assertThat(stopped.reason())
                                .isEqualTo(FoldStoppedException.Reason.NEWER_VERSION_NEEDED));
    }

    @Test
    void revisionsCountWritesAndTracesDoNot() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        long before = fleet.state.revision();

        Answer first = fleet.upsert("eastus", WEB);
        Answer again = fleet.upsert("eastus", WEB);

        assertThat(first.code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(first.revision()).isEqualTo(before + 1);
        assertThat(again.code()).isEqualTo(AnswerCode.UNCHANGED);
        assertThat(again.revision()).isEqualTo(before + 1);
        FleetChange trace = fleet.changes.getLast();
        assertThat(trace.op()).isEqualTo(Op.TRACE);
        assertThat(trace.revision()).isEqualTo(before + 1);
        assertThat(trace.count()).isZero();
    }

    @Test
    void everyDecidedEventLeavesATraceWithItsOffsetAndAnswer() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        fleet.upsert("eastus", WEB);
        fleet.upsert("eastus", WEB);
        fleet.upsert("eastus", endpoint("10.2.0.9", "thief"));
        fleet.decide(sender("eastus", "publisher", 1, 1), new Statement.Delete(WEB_KEY));
        fleet.decide(sender("eastus", "publisher", 9, 1), new Statement.Delete(WEB_KEY));

        List<Session> traces = fleet.changes.stream()
                .filter(change -> change.op() == Op.TRACE)
                .map(change ->
                        (Session) FoldHarness.ENCODING.decode(change.value()).resource())
                .toList();
        assertThat(traces).hasSize(fleet.log.size() - 1);
        assertThat(traces.stream().map(Session::eventOffset))
                .containsExactlyElementsOf(
                        LongStream.range(1, fleet.log.size()).boxed().toList());
        assertThat(traces.subList(traces.size() - 5, traces.size()).stream()
                        .map(trace -> trace.answer().code()))
                .containsExactly(
                        AnswerCode.APPLIED,
                        AnswerCode.UNCHANGED,
                        AnswerCode.REFUSED,
                        AnswerCode.DUPLICATE,
                        AnswerCode.FENCED);
    }

    @Test
    void versionsAndCreateRevisionsAreThoseOfEtcd() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        long created = fleet.upsert("eastus", WEB).revision();
        long changed = fleet.upsert("eastus", endpoint("10.1.0.7", "web-1")).revision();
        Entry second = fleet.entries.get(WEB_KEY);
        long deleted = fleet.delete("eastus", WEB_KEY).revision();
        Entry gone = fleet.entries.get(WEB_KEY);
        long recreated = fleet.upsert("eastus", WEB).revision();
        Entry third = fleet.entries.get(WEB_KEY);

        assertThat(second.createRevision()).isEqualTo(created);
        assertThat(second.modRevision()).isEqualTo(changed);
        assertThat(second.version()).isEqualTo(2);
        assertThat(gone.deleted()).isTrue();
        assertThat(gone.modRevision()).isEqualTo(deleted);
        assertThat(gone.version()).isZero();
        assertThat(third.createRevision()).isEqualTo(recreated);
        assertThat(third.version()).isEqualTo(1);
    }

    @Test
    void deletingWhatIsNotThereChangesNothing() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        assertThat(fleet.delete("eastus", WEB_KEY).code()).isEqualTo(AnswerCode.UNCHANGED);
    }

    @Test
    void aSequenceIsDecidedOnceAndGapsAreRefused() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.upsert("eastus", WEB);
        long revision = fleet.state.revision();

        Answer repeated = fleet.decide(
                        sender("eastus", "publisher", 1, 1),
                        new Statement.Upsert(WEB_KEY, endpoint("10.1.0.7", "other")))
                .answer();
        Answer gap = fleet.decide(sender("eastus", "publisher", 1, 3), new Statement.Delete(WEB_KEY))
                .answer();

        assertThat(repeated.code()).isEqualTo(AnswerCode.DUPLICATE);
        assertThat(gap.code()).isEqualTo(AnswerCode.GAP);
        assertThat(gap.message()).contains("3 came").contains("2 is next");
        assertThat(fleet.state.revision()).isEqualTo(revision);
        assertThat(fleet.value(WEB_KEY)).isEqualTo(WEB);
        assertThat(fleet.state
                        .session(ResourceKey.session("eastus", "publisher"))
                        .sequence())
                .isEqualTo(1);
    }

    @Test
    void aZombieOfAnOlderEpochIsFenced() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.open("eastus", "publisher");

        Answer zombie = fleet.decide(sender("eastus", "publisher", 1, 1), new Statement.Upsert(WEB_KEY, WEB))
                .answer();

        assertThat(zombie.code()).isEqualTo(AnswerCode.FENCED);
        assertThat(fleet.value(WEB_KEY)).isNull();
    }

    @Test
    void ofTwoOpeningsThatSawTheSamePredecessorOneWins() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Statement one = new Statement.OpenSession(new UUID(1, 1));
        Statement other = new Statement.OpenSession(new UUID(2, 2));

        Answer won = fleet.decide(sender("eastus", "publisher", 2, 0), one).answer();
        Answer lost = fleet.decide(sender("eastus", "publisher", 2, 0), other).answer();
        Answer again = fleet.decide(sender("eastus", "publisher", 2, 0), one).answer();

        assertThat(won.code()).isEqualTo(AnswerCode.UNCHANGED);
        assertThat(lost.code()).isEqualTo(AnswerCode.FENCED);
        assertThat(again.code()).isEqualTo(AnswerCode.DUPLICATE);
        assertThat(fleet.state
                        .session(ResourceKey.session("eastus", "publisher"))
                        .incarnation())
                .isEqualTo(new UUID(1, 1));
    }

    @Test
    void aClusterThatIsNotAdmittedOpensNothing() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        Answer answer = fleet.open("stranger", "publisher");

        assertThat(answer.code()).isEqualTo(AnswerCode.REFUSED);
        assertThat(answer.rule()).isEqualTo(Rule.NOT_ADMITTED);
        assertThat(answer.message()).contains("stranger");
    }

    @Test
    void aViolationLastsUntilItsCauseIsGone() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Value stolen = endpoint("10.2.0.9", "thief");
        ResourceKey violation = key("eastus", stolen).violationBy("eastus");

        Answer refused = fleet.upsert("eastus", stolen);
        Violation seen = (Violation) fleet.value(violation).resource();
        fleet.delete("eastus", key("eastus", stolen));

        assertThat(refused.code()).isEqualTo(AnswerCode.REFUSED);
        assertThat(refused.rule()).isEqualTo(Rule.ADDRESS_OF_OTHER_CLUSTER);
        assertThat(seen.subject()).isEqualTo("eastus/endpoints/10.2.0.9");
        assertThat(seen.message()).contains("10.2.0.9").contains("westeurope");
        assertThat(fleet.value(key("eastus", stolen))).isNull();
        assertThat(fleet.value(violation)).isNull();
    }

    @Test
    void aRefusedChangeLeavesWhatIsThere() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Value good = FoldHarness.node("eastus", "node-a", "172.1.0.3");
        Value bad = FoldHarness.node("eastus", "node-a", "172.2.0.3");
        fleet.upsert("eastus", good);

        fleet.upsert("eastus", bad);

        assertThat(fleet.value(key("eastus", good))).isEqualTo(good);
        assertThat(fleet.live(Kind.VIOLATION)).hasSize(1);

        fleet.upsert("eastus", good);
        assertThat(fleet.live(Kind.VIOLATION)).isEmpty();
    }

    @Test
    void noClusterSpeaksForAnother() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        Value node = FoldHarness.node("westeurope", "node-a", "172.2.0.3");

        Answer upsert = fleet.say("eastus", new Statement.Upsert(key("westeurope", node), node));
        Answer delete = fleet.say("eastus", new Statement.Delete(key("westeurope", node)));
        Answer command = fleet.say("eastus", new Statement.Admit(FoldHarness.cluster("third", 3)));

        assertThat(upsert.rule()).isEqualTo(Rule.NOT_OWNER);
        assertThat(delete.code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(fleet.live(Kind.NODE, Kind.VIOLATION)).isEmpty();
        assertThat(command.rule()).isEqualTo(Rule.NOT_PERMITTED);
        assertThat(fleet.state.cluster("third")).isNull();
    }

    @Test
    void theDigestIsTheSumOverWhatIsThere() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        fleet.upsert("eastus", WEB);
        fleet.upsert("eastus", endpoint("10.1.0.8", "web-1"));
        fleet.delete("eastus", WEB_KEY);
        fleet.upsert("westeurope", endpoint("10.2.0.8", "web-1"));

        fleet.command(new Statement.AskDigest());

        FleetChange said = fleet.changes.get(fleet.changes.size() - 2);
        assertThat(said.op()).isEqualTo(Op.DIGEST);
        assertThat(said.revision()).isEqualTo(fleet.state.revision());
        assertThat(FoldHarness.ENCODING.decode(said.value()).resource()).isEqualTo(recomputed(fleet));
    }

    private static Digest recomputed(FoldHarness fleet) {
        Map<String, Hash128> sums = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        try (Entries.Cursor all = fleet.entries.range(null, null)) {
            all.forEachRemaining(entry -> {
                if (entry.value() != null && entry.kind() != Kind.SESSION) {
                    Hash128 hash = Hash128.of(
                            entry.key(),
                            entry.modRevision(),
                            entry.value().bytes().toArray());
                    sums.merge(entry.key().prefix(), hash, Hash128::plus);
                    counts.merge(entry.key().prefix(), 1L, Long::sum);
                }
            });
        }
        return new Digest(sums.entrySet().stream()
                .map(sum -> new Digest.ClusterDigest(sum.getKey(), counts.get(sum.getKey()), sum.getValue()))
                .toList());
    }

    @Test
    void unreadableRecordsLeaveViolationsAndTheOldestMakeRoom() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();

        for (int i = 0; i < Limits.DEFAULT.maxMalformed() + 3; i++) {
            fleet.decide(sender(null, "fold", 0, 0), new Statement.Malformed("garbage " + i));
        }

        Map<ResourceKey, Value> kept = fleet.live(Kind.VIOLATION);
        assertThat(kept).hasSize(Limits.DEFAULT.maxMalformed());
        assertThat(kept.values())
                .extracting(value -> ((Violation) value.resource()).message())
                .first()
                .isEqualTo("garbage 3");
    }

    @Test
    void aSkipPassesOverTheEventItNamesAndLeavesAViolation() {
        FoldHarness fleet = FoldHarness.ofTwoClusters();
        long offset = fleet.state.nextEventOffset();
        MeshEvent skip = new MeshEvent(
                new UUID(1, 1),
                sender(null, "operator", 1, 5),
                OptionalLong.empty(),
                new Statement.Skip(offset, "written by mistake"));

        fleet.state.apply(fleet.fold.passOver(fleet.state, offset, skip));

        assertThat(fleet.state.nextEventOffset()).isEqualTo(offset + 1);
        assertThat(fleet.live(Kind.VIOLATION).values()).singleElement().satisfies(value -> {
            Violation violation = (Violation) value.resource();
            assertThat(violation.rule()).isEqualTo(Rule.SKIPPED);
            assertThat(violation.message()).contains("written by mistake");
        });
        assertThatThrownBy(() -> fleet.fold.passOver(fleet.state, offset + 1, skip))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
