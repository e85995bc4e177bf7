package io.meshlog.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Thousands of fleets, each from one seed, with all that can go wrong between any two steps: the promises of
 * docs/guarantees.md are checked at every delivery and step, and in the end everything is the same everywhere. Half of the
 * seeds are always the same. {@code -Dmeshlog.seed=N} plays one again, {@code -Dmeshlog.simulations=N} plays so many.
 */
class WholePathSimulationTest {
    private static final int SIMULATIONS = Integer.getInteger("meshlog.simulations", 2_000);
    private static final int MUTATED = 400;
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.meshlog");
    private static @Nullable Level before;

    @BeforeAll
    static void beQuiet() {
        before = LOGGER.getLevel();
        LOGGER.setLevel(Level.OFF);
    }

    @AfterAll
    static void beAsBefore() {
        LOGGER.setLevel(before);
    }

    @Test
    void everyPromiseIsKeptWhateverGoesWrong() {
        Long one = Long.getLong("meshlog.seed");
        long base = new Random().nextLong(1L << 40);
        LongStream seeds = one != null
                ? LongStream.of(one)
                : LongStream.concat(
                        LongStream.range(0, SIMULATIONS / 2),
                        LongStream.range(base, base + SIMULATIONS - SIMULATIONS / 2));
        seeds.forEach(WholePathSimulationTest::play);
    }

    private static void play(long seed) {
        World world = new World(seed, Mutation.NONE);
        try {
            world.run();
        } catch (RuntimeException | AssertionError broken) {
            throw new AssertionError(
                    "seed %d, step %d; again with -Dmeshlog.seed=%d%n%s%n%s"
                            .formatted(
                                    seed,
                                    world.steps(),
                                    seed,
                                    broken.getMessage(),
                                    String.join(System.lineSeparator(), world.trace())),
                    broken);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ACK_TOO_EARLY, RELIABLE",
        "ABORTED_READ, RELIABLE",
        "WRITE_SKIPPED, RELIABLE",
        "DELETE_LOST, DETERMINISTIC",
        "BOOKMARK_TOO_EARLY, BOOKMARKABLE",
        "DELIVERED_TWICE, UNIQUE",
        "TAKEN_FOR_ANOTHER, RELIABLE"
    })
    void whatIsBrokenOnPurposeIsFound(Mutation mutation, Promise expected) {
        Set<Promise> found = EnumSet.noneOf(Promise.class);
        for (long seed = 0; seed < MUTATED && !found.contains(expected); seed++) {
            try {
                new World(seed, mutation).run();
            } catch (Promise.Broken broken) {
                found.add(broken.promise());
            }
        }
        assertThat(found).as("promises found broken by %s", mutation).contains(expected);
    }
}
