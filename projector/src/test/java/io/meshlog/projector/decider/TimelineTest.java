package io.meshlog.projector.decider;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.model.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimelineTest {
    private static final long LONGEST_MS = 100_000;
    private static final long MOST = 2_000;

    private static ResourceKey key(long number) {
        return new ResourceKey("eastus/opaque/" + number);
    }

    @Test
    void knowsNothing_atFirst() {
        Timeline timeline = new Timeline(LONGEST_MS, MOST);

        assertThat(timeline.revisionAt(Long.MAX_VALUE)).isZero();
        assertThat(timeline.revisionLeaving(0)).isZero();
        assertThat(timeline.deletes()).isZero();
    }

    @Test
    void aKeyWrittenAgainIsNoDelete() {
        Timeline timeline = new Timeline(LONGEST_MS, MOST);
        timeline.onWrite(1, 0);
        timeline.onDelete(key(1));
        timeline.onDelete(key(1));
        assertThat(timeline.deletes()).isEqualTo(1);

        timeline.onLive(key(1));

        assertThat(timeline.deletes()).isZero();
        assertThat(timeline.anyDeleteBelow(Long.MAX_VALUE)).isFalse();
    }

    /** Against a list of everything: never early, and late by no more than promised. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42})
    void isNeverEarly_andLittleLate(long seed) {
        Random random = new Random(seed);
        Timeline timeline = new Timeline(LONGEST_MS, MOST);
        List<long[]> writes = new ArrayList<>();
        Map<ResourceKey, Long> deletes = new HashMap<>();
        long nowMs = 0;
        for (long revision = 1; revision <= 50_000; revision++) {
            nowMs += random.nextInt(20);
            timeline.onWrite(revision, nowMs);
            writes.add(new long[] {revision, nowMs});
            ResourceKey key = key(random.nextInt(5_000));
            if (random.nextBoolean()) {
                timeline.onDelete(key);
                deletes.put(key, revision);
            } else {
                timeline.onLive(key);
                deletes.remove(key);
            }
        }
        assertThat(timeline.deletes()).as("seed %d", seed).isEqualTo(deletes.size());

        for (long age : new long[] {1_000, 10_000, LONGEST_MS}) {
            long at = nowMs - age;
            long exact =
                    writes.stream().filter(write -> write[1] > at).findFirst().orElseThrow()[0];
            long late = writes.stream()
                    .filter(write -> write[1] > at - 200)
                    .findFirst()
                    .orElseThrow()[0];
            assertThat(timeline.revisionAt(at)).as("seed %d, age %d", seed, age).isBetween(late, exact);
        }
        for (long most : new long[] {0, 100, 1_000, MOST}) {
            long below = timeline.revisionLeaving(most);
            long left = deletes.values().stream()
                    .filter(revision -> revision >= below)
                    .count();
            // where all have to go, those in the newest span stay: it has no end yet
            assertThat(left).as("seed %d, most %d", seed, most).isLessThanOrEqualTo(most + 20);
            if (deletes.size() > most) {
                assertThat(left).as("seed %d, most %d", seed, most).isGreaterThanOrEqualTo(most - 20);
            }
        }
    }

    @Test
    void staysBounded_andRightAboutTheOldest() {
        Timeline timeline = new Timeline(LONGEST_MS, MOST);
        long writes = 3L * Timeline.MAX_SPANS;
        for (long revision = 1; revision <= writes; revision++) {
            timeline.onWrite(revision, revision * 1_000);
            timeline.onDelete(key(revision));
        }
        assertThat(timeline.deletes()).isEqualTo(writes);
        assertThat(timeline.revisionAt((writes - 10) * 1_000)).isEqualTo(writes - 9);
        assertThat(timeline.anyDeleteBelow(writes - 10)).isTrue();

        for (long revision = 1; revision <= writes - 10; revision++) {
            timeline.onLive(key(revision));
        }

        assertThat(timeline.anyDeleteBelow(writes - 9)).isFalse();
        assertThat(timeline.anyDeleteBelow(writes)).isTrue();
    }
}
