package io.meshlog.meshapi.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WatchPaceTest {
    private static final long MS = 1_000_000;

    private final WatchPace pace = new WatchPace();

    private void round(long beganMs, long endedMs) {
        pace.began(beganMs * MS);
        pace.ended(endedMs * MS);
    }

    @Test
    void theFirstRoundWaitsForNothing() {
        assertThat(pace.waitNanos(-5 * MS)).isZero();
    }

    @Test
    void aRoundThatTookLong_isFollowedByAPauseAsLong() {
        // given
        round(4, 10);

        // then
        assertThat(pace.waitNanos(12 * MS)).isEqualTo(4 * MS);
        assertThat(pace.waitNanos(16 * MS)).isZero();
        assertThat(pace.waitNanos(20 * MS)).isZero();
    }

    @Test
    void aRoundThatTookNothing_isFollowedByNoPause() {
        round(10, 10);
        assertThat(pace.waitNanos(10 * MS)).isZero();
    }

    @Test
    void thePauseHasAnEnd_howeverLongTheRoundTook() {
        // given
        round(0, 5_000);

        // then
        assertThat(pace.waitNanos(5_000 * MS)).isEqualTo(WatchPace.MAX_PAUSE_NANOS);
    }

    @Test
    void theClockMayBeginAnywhere() {
        // given: System.nanoTime may be negative, and may pass its end
        pace.began(Long.MAX_VALUE - MS);
        pace.ended(Long.MAX_VALUE);

        // then
        assertThat(pace.waitNanos(Long.MAX_VALUE)).isEqualTo(MS);
        assertThat(pace.waitNanos(Long.MIN_VALUE + MS)).isZero();
    }
}
