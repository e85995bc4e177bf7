package io.meshlog.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DueTimesTest {
    private final DueTimes run = new DueTimes(1_000, 10);

    @Test
    void timeRunsFromWhenTheChangeWasDue() {
        // given
        run.due(1_005, 70);

        // then
        assertThat(run.sinceNanos(1_005, 100)).isEqualTo(30);
    }

    @Test
    void theFirstFifthAndOtherRunsAreNotCounted() {
        assertThat(run.sinceNanos(1_001, 100)).isEqualTo(-1);
        assertThat(run.sinceNanos(1_002, 100)).isEqualTo(100);
        assertThat(run.sinceNanos(999, 100)).isEqualTo(-1);
        assertThat(run.sinceNanos(1_010, 100)).isEqualTo(-1);
        assertThat(run.sinceNanos(-1, 100)).isEqualTo(-1);
    }
}
