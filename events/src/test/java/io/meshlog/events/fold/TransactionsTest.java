package io.meshlog.events.fold;

import static io.meshlog.events.fold.FoldHarness.endpoint;
import static io.meshlog.events.fold.FoldHarness.opaque;
import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Rule;
import io.meshlog.events.model.Session.Answer;
import io.meshlog.events.model.Session.AnswerCode;
import io.meshlog.events.model.Statement.Compare;
import io.meshlog.events.model.Statement.Operation;
import io.meshlog.events.model.Statement.Transaction;
import io.meshlog.events.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionsTest {
    private static final ResourceKey A = new ResourceKey("eastus/opaque/a");
    private final FoldHarness fleet = FoldHarness.ofTwoClusters(Limits.DEFAULT.withMaxChanges(20));

    @BeforeEach
    void openTheEtcdWriter() {
        fleet.open("eastus", "etcd");
    }

    @Test
    void ofTwoThatCreateTheSameKeyOneWins() {
        Transaction create = new Transaction(
                List.of(compare(Compare.Target.CREATE_REVISION, Compare.Result.EQUAL, 0)),
                List.of(put("a", "mine")),
                List.of(new Operation.Read(A, null)));

        Answer won = txn(create);
        Answer lost = txn(create);

        assertThat(won.succeeded()).isTrue();
        assertThat(won.code()).isEqualTo(AnswerCode.APPLIED);
        assertThat(lost.succeeded()).isFalse();
        assertThat(lost.code()).isEqualTo(AnswerCode.UNCHANGED);
        assertThat(lost.revision()).isEqualTo(won.revision());
    }

    @Test
    void aPutIsAlwaysAWriteAndATransactionIsOne() {
        Transaction two = new Transaction(List.of(), List.of(put("a", "1"), put("b", "1")), List.of());

        long first = txn(two).revision();
        long second = txn(two).revision();

        assertThat(second).isEqualTo(first + 1);
        assertThat(fleet.entries.get(A).version()).isEqualTo(2);
        assertThat(fleet.entries.get(new ResourceKey("eastus/opaque/b")).modRevision())
                .isEqualTo(second);
    }

    @Test
    void deletesOfOneWriteAreForgottenInTheSameOrderByAStateThatWasRebuilt() {
        // given a write that deletes b before a
        txn(new Transaction(List.of(), List.of(put("a", "1"), put("b", "1")), List.of()));
        txn(new Transaction(
                List.of(),
                List.of(
                        new Operation.DeleteRange(new ResourceKey("eastus/opaque/b"), null),
                        new Operation.DeleteRange(A, null)),
                List.of()));

        // when
        LiveFleetState rebuilt = new LiveFleetState(fleet.entries, FoldHarness.ENCODING);

        // then
        List<ResourceKey> first = fleet.state.deletesBelow(Long.MAX_VALUE, 1);
        assertThat(first).isNotEmpty().isEqualTo(rebuilt.deletesBelow(Long.MAX_VALUE, 1));
    }

    @Test
    void aRangeIsDeletedInOneWriteAndCounted() {
        txn(new Transaction(List.of(), List.of(put("a", "1"), put("b", "1"), put("c", "1")), List.of()));

        Answer answer = txn(new Transaction(
                List.of(),
                List.of(new Operation.DeleteRange(A, new ResourceKey("eastus/opaque/c")), put("d", "1")),
                List.of()));

        assertThat(answer.deleted()).containsExactly(2L, 0L);
        assertThat(fleet.live(Kind.OPAQUE).keySet())
                .extracting(ResourceKey::name)
                .containsExactly("c", "d");
    }

    @Test
    void whatIsTooLargeForOneWriteIsRefusedWhole() {
        List<Operation> puts = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            puts.add(put("k" + i, "1"));
        }

        Answer answer = txn(new Transaction(List.of(), puts, List.of()));

        assertThat(answer.code()).isEqualTo(AnswerCode.REFUSED);
        assertThat(answer.rule()).isEqualTo(Rule.TOO_LARGE);
        assertThat(answer.message()).startsWith("request is too large");
        assertThat(fleet.live(Kind.OPAQUE)).isEmpty();
    }

    @Test
    void aRefusedPartRefusesTheWhole() {
        Answer answer = txn(new Transaction(
                List.of(), List.of(put("a", "1"), new Operation.Put(endpoint("10.2.0.7", "thief"), 0)), List.of()));

        assertThat(answer.rule()).isEqualTo(Rule.ADDRESS_OF_OTHER_CLUSTER);
        assertThat(fleet.live(Kind.OPAQUE)).isEmpty();
    }

    @Test
    void noKeyIsWrittenTwice() {
        Answer twice = txn(new Transaction(List.of(), List.of(put("a", "1"), put("a", "2")), List.of()));
        Answer both =
                txn(new Transaction(List.of(), List.of(put("a", "1"), new Operation.DeleteRange(A, null)), List.of()));

        assertThat(twice.message()).contains("duplicate key");
        assertThat(both.message()).contains("duplicate key");
    }

    @Test
    void nobodyDeletesOutsideOfItsCluster() {
        Answer theirs = txn(new Transaction(
                List.of(),
                List.of(new Operation.DeleteRange(new ResourceKey("westeurope/opaque/a"), null)),
                List.of()));
        Answer beyond = txn(new Transaction(
                List.of(), List.of(new Operation.DeleteRange(A, new ResourceKey("westeurope/x"))), List.of()));

        assertThat(theirs.rule()).isEqualTo(Rule.NOT_OWNER);
        assertThat(beyond.rule()).isEqualTo(Rule.NOT_OWNER);
    }

    @ParameterizedTest
    @CsvSource({
        "VERSION, EQUAL, 1, true", "VERSION, GREATER, 0, true", "VERSION, LESS, 1, false",
        "LEASE, EQUAL, 7, true", "LEASE, NOT_EQUAL, 7, false", "MOD_REVISION, GREATER, 0, true",
        "CREATE_REVISION, EQUAL, 0, false"
    })
    void comparesAreEtcds(Compare.Target target, Compare.Result result, long number, boolean holds) {
        txn(new Transaction(List.of(), List.of(new Operation.Put(opaque("a", "1"), 7)), List.of()));

        Answer answer = txn(new Transaction(List.of(compare(target, result, number)), List.of(), List.of()));

        assertThat(answer.succeeded()).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({"1, EQUAL, true", "2, EQUAL, false", "2, NOT_EQUAL, true", "2, LESS, true", "0, GREATER, true"})
    void valuesAreCompared(String value, Compare.Result result, boolean holds) {
        txn(new Transaction(List.of(), List.of(put("a", "1")), List.of()));
        Compare compare = new Compare(A, null, Compare.Target.VALUE, result, 0, opaque("a", value));
        Compare missing = new Compare(
                new ResourceKey("eastus/opaque/z"), null, Compare.Target.VALUE, result, 0, opaque("z", value));

        assertThat(txn(new Transaction(List.of(compare), List.of(), List.of())).succeeded())
                .isEqualTo(holds);
        assertThat(txn(new Transaction(List.of(missing), List.of(), List.of())).succeeded())
                .isFalse();
    }

    private Answer txn(Transaction transaction) {
        return fleet.say("eastus", "etcd", transaction);
    }

    private static Compare compare(Compare.Target target, Compare.Result result, long number) {
        return new Compare(A, null, target, result, number, null);
    }

    private static Operation put(String key, String value) {
        Value put = opaque(key, value);
        return new Operation.Put(put, 0);
    }
}
