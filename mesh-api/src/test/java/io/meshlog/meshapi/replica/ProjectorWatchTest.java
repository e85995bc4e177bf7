package io.meshlog.meshapi.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProjectorWatchTest {
    private final ProjectorWatch watch = new ProjectorWatch(() -> false);

    @Test
    void unknownUntilTheBrokersSaidSomething() {
        assertThat(watch.component().healthy()).isFalse();
    }

    @Test
    void wellWhileOneRunsAndNothingWaits() {
        watch.onLooked(0, 1, 0);

        assertThat(watch.component()).isEqualTo(Component.ok("projector"));
    }

    @Test
    void missedAtOnceWhereNoneRuns_alsoWhereNothingWaits() {
        watch.onLooked(0, 0, 0);

        assertThat(watch.component().healthy()).isFalse();
        assertThat(watch.component().state()).contains("none is running").contains("0 events wait");
    }

    @Test
    void missedWhereOneRunsAndDecidesNothingForTooLong() {
        watch.onLooked(3, 1, 0);
        watch.onLooked(3, 1, ProjectorWatch.PATIENCE_MS - 1);
        assertThat(watch.component().healthy()).isTrue();

        watch.onLooked(3, 1, ProjectorWatch.PATIENCE_MS);

        assertThat(watch.component().state()).contains("3 events are undecided");
        assertThat(watch.undecidedEvents()).isEqualTo(3);
    }
}
