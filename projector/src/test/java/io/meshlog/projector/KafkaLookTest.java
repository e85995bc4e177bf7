package io.meshlog.projector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KafkaLookTest {
    private final KafkaLook.Stall stall = new KafkaLook.Stall();

    @Test
    void aFoldAtTheLogsEndLacksNothing_howeverLongItIsQuiet() {
        assertThat(stall.words(10, 9, 0)).isNull();
        assertThat(stall.words(10, 9, 1_000_000)).isNull();
    }

    @Test
    void eventsThatDoNotMoveAreSaidAfterAWhile() {
        assertThat(stall.words(10, 9, 0)).isNull();
        assertThat(stall.words(13, 9, 1_000)).isNull();

        assertThat(stall.words(13, 9, KafkaLook.PATIENCE_MS)).contains("3 events undecided, none decided for 5000 ms");
    }

    @Test
    void aFoldThatIsBehindButMovesLacksNothing() {
        for (int second = 0; second < 100; second++) {
            assertThat(stall.words(10_000, second, second * 1_000L)).isNull();
        }
    }
}
