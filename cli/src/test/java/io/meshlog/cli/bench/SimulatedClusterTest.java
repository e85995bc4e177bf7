package io.meshlog.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.Declared;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedClusterTest {
    private static final String NAME = BenchFleet.PREFIX + "000";
    private final SimulatedCluster cluster =
            new SimulatedCluster(NAME, 255, (255L << 16) + 256, ScenarioTest.scenario(5));

    @Test
    void itHasWhatTheScenarioSaysSortedByKey() {
        // when
        List<ResourceKey> keys =
                cluster.everything().stream().map(one -> one.keyIn(NAME)).toList();

        // then
        assertThat(keys).hasSize(3 + 5 + 7 + 2).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aChangeOfEachKindSaysItsNumberAndIsOfSomethingThereIs() {
        // given
        List<ResourceKey> keys =
                cluster.everything().stream().map(one -> one.keyIn(NAME)).toList();
        Random chance = new Random(1);
        Set<Kind> kinds = new HashSet<>();

        for (long number = 0; number < 200; number++) {
            // when
            Value change = cluster.change(number, chance);

            // then
            assertThat(keys).contains(((Declared) change.resource()).keyIn(NAME));
            assertThat(SimulatedCluster.numberIn(ResourceProtos.toProto(NAME, change)))
                    .isEqualTo(number);
            kinds.add(change.resource().kind());
        }
        assertThat(kinds).containsExactlyInAnyOrderElementsOf(SimulatedCluster.KINDS);
    }

    @Test
    void theSameSeedGivesTheSameChanges() {
        // given
        Random one = new Random(7);
        Random other = new Random(7);

        for (long number = 0; number < 50; number++) {
            assertThat(cluster.change(number, one)).isEqualTo(cluster.change(number, other));
        }
    }
}
