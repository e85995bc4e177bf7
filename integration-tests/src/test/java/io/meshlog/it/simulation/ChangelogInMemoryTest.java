package io.meshlog.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.FleetChange.Op;
import io.meshlog.events.model.FleetChange.Origin;
import io.meshlog.events.model.FleetChange.Provenance;
import io.meshlog.events.model.Kind;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ChangelogSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulated topic does what {@code TombstonesTest} sees Kafka do, however far its passes reach. */
class ChangelogInMemoryTest {
    private static final UUID LOG_ID = new UUID(1, 1);
    private static final ResourceKey KEY = new ResourceKey("eastus/nodes/n2");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aTombstoneIsKeptForItsTimeFromThePassOnThatTookWhatItReplaces(int seed) {
        // given a change and a tombstone that is old, and never met a pass of the cleaner
        ChangelogInMemory changelog = new ChangelogInMemory(new Random(seed), Mutation.NONE);
        changelog.append(0, LOG_ID, KEY, change());
        changelog.append(0, LOG_ID, KEY, null);
        var unused = changelog.commit();
        long nowMs = 2 * ChangelogInMemory.TOMBSTONES_MS;

        // when a pass takes the change
        while (read(changelog).size() == 2) {
            changelog.compact(nowMs);
        }

        // then the tombstone stays for its time, and no longer
        compactOften(changelog, nowMs + ChangelogInMemory.TOMBSTONES_MS - 1);
        assertThat(read(changelog)).extracting(ChangeRecord::offset).containsExactly(1L);
        compactOften(changelog, nowMs + 2 * ChangelogInMemory.TOMBSTONES_MS);
        assertThat(read(changelog)).isEmpty();
    }

    private static void compactOften(ChangelogInMemory changelog, long nowMs) {
        for (int i = 0; i < 20; i++) {
            changelog.compact(nowMs);
        }
    }

    private static List<ChangeRecord> read(ChangelogInMemory changelog) {
        ChangelogSource source = changelog.source(() -> false);
        source.seek(0);
        List<ChangeRecord> read = new ArrayList<>();
        while (source.position() < source.stableEnd(Duration.ZERO)) {
            read.addAll(source.poll(Duration.ZERO));
        }
        return read;
    }

    private static FleetChange change() {
        return new FleetChange(
                1,
                0,
                1,
                Op.DELETE,
                Kind.NODE,
                KEY,
                1,
                0,
                Origin.SESSION,
                0,
                new Provenance("eastus", "principal", new UUID(1, 2), 1, OptionalLong.empty()),
                null);
    }
}
