package io.meshlog.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.cli.CliException;
import io.meshlog.events.model.Kind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
    static Scenario scenario(int points) {
        return new Scenario(
                4,
                new Scenario.Shape(3, 5, 7, 2),
                new Scenario.Churn(
                        100,
                        Scenario.Churn.weights("endpoints=2,services=1,identities=1,nodes=1"),
                        Duration.ofSeconds(2)),
                10,
                1_000,
                points,
                1);
    }

    @Test
    void aSeriesDoublesUpToItsGreatestAmount() {
        assertThat(scenario(5).doublings(1_000)).containsExactly(62, 125, 250, 500, 1_000);
    }

    @Test
    void aSeriesHasFewerPointsWhereThereIsNothingToHalve() {
        assertThat(scenario(5).doublings(4)).containsExactly(1, 2, 4);
    }

    @Test
    void weightsAreReadByKind() {
        assertThat(Scenario.Churn.weights("endpoints=9,nodes=1")).isEqualTo(Map.of(Kind.ENDPOINT, 9, Kind.NODE, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "endpoints",
                "endpoints=",
                "endpoints=-1",
                "pods=1",
                "policies=1",
                "endpoints=0",
                "endpoints=1,"
            })
    void weightsThatSayNothingAreRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Scenario.Churn.weights(text))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("--churn \"" + text + "\"");
    }

    @Test
    void amountsOutsideOfTheirRangeNameTheOption() {
        assertThatThrownBy(() -> new Scenario.Shape(1, 1, 30_001, 1))
                .isInstanceOf(CliException.class)
                .hasMessage("--endpoints is 30001, it has to be within 1 and 30000");
    }
}
