package io.meshlog.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.LoggerFactory;

/**
 * Thousands of fleets, each from one seed and in one thread, with all that can go wrong between any two steps: the promises
 * of docs/guarantees.md are checked at every delivery and step, and in the end everything is the same everywhere. Half of
 * the seeds are always the same, the others new in each run. {@code -Dmeshlog.seed=N} plays one again, {@code
 * -Dmeshlog.simulations=N} plays so many.
 */
class WholePathSimulationTest {
    private static final int SIMULATIONS = Integer.getInteger("meshlog.simulations", 2_000);
    /** Enough of the fixed seeds for every situation to come about, and for every mutation to be found. */
    private static final int ENOUGH = 300;

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
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void everyPromiseIsKeptWhateverGoesWrong() {
        seeds().parallel().forEach(WholePathSimulationTest::play);
    }

    private static LongStream seeds() {
        Long one = Long.getLong("meshlog.seed");
        long base = new Random().nextLong(1L << 40);
        int fixed = SIMULATIONS / 2;
        return one != null
                ? LongStream.of(one)
                : LongStream.concat(LongStream.range(0, fixed), LongStream.range(base, base + SIMULATIONS - fixed));
    }

    private static Set<Situation> play(long seed) {
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
        return world.situations();
    }

    @Test
    void everySituationComesAbout() {
        Set<Situation> met = LongStream.range(0, ENOUGH / 10)
                .mapToObj(WholePathSimulationTest::play)
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Situation.class)));

        assertThat(met).containsExactly(Situation.values());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatIsBrokenOnPurposeIsFound(Mutation mutation) {
        Stream<Promise> found = LongStream.range(0, ENOUGH).mapToObj(seed -> broken(seed, mutation));

        assertThat(found.anyMatch(promise -> promise == mutation.breaks()))
                .as("%s is found within %d seeds by %s", mutation, ENOUGH, mutation.breaks())
                .isTrue();
    }

    private static @Nullable Promise broken(long seed, Mutation mutation) {
        try {
            new World(seed, mutation).run();
            return null;
        } catch (Promise.Broken broken) {
            return broken.promise();
        }
    }
}
