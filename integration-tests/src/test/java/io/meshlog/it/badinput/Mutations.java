package io.meshlog.it.badinput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** Good bytes made bad, the same ones from the same seed. */
final class Mutations {
    /** The property that sets a run's seed. */
    private static final String SEED = "meshlog.seed";

    private static final int MOST_STEPS = 4;
    private static final int MOST_INSERTED = 64;
    private static final byte[][] HOSTILE = Stream.of(
                    "\0",
                    "../../../etc/passwd",
                    "eastus/nodes/",
                    "/",
                    "//",
                    "_fleet/fleet/_fleet",
                    "\u202e\ufeff\ud83d\udca5",
                    "'; DROP TABLE changes; --",
                    "${jndi:ldap://127.0.0.1/a}",
                    "%s%n%1$d",
                    "\u001b[2J\r\n",
                    "a".repeat(5_000))
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    private final RandomGenerator random;

    Mutations(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** The run's seed, printed; {@code -Dmeshlog.seed=N} gives it back. */
    static long seed() {
        long seed = Long.getLong(SEED, 20_261_123L);
        System.out.printf("-D%s=%d%n", SEED, seed);
        return seed;
    }

    /** The golden bytes whose files' names begin so, in the order of their names. */
    static List<byte[]> golden(String prefix) {
        Path folder = Path.of(System.getProperty("meshlog.home"), "schemas/src/test/resources/golden/1");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .map(Mutations::read)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    RandomGenerator random() {
        return random;
    }

    <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** A text nobody expects. */
    String hostile() {
        return new String(HOSTILE[random.nextInt(HOSTILE.length)], StandardCharsets.UTF_8);
    }

    byte[] of(byte[] good) {
        byte[] bad = good;
        for (int step = 1 + random.nextInt(MOST_STEPS); step > 0; step--) {
            bad = mutated(bad);
        }
        return bad;
    }

    private byte[] mutated(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> changed(bytes, at, (byte) random.nextInt());
            case 2 -> changed(bytes, at, (byte) (at < bytes.length ? bytes[at] ^ 1 << random.nextInt(8) : 0));
            case 3 -> changed(bytes, at, random.nextBoolean() ? Byte.MAX_VALUE : (byte) -1);
            case 4 -> inserted(bytes, at, random(random.nextInt(MOST_INSERTED)));
            case 5 -> inserted(bytes, at, HOSTILE[random.nextInt(HOSTILE.length)]);
            default -> inserted(bytes, at, Arrays.copyOfRange(bytes, at / 2, at));
        };
    }

    /** Bytes of pure chance. */
    byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] changed(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        if (at < changed.length) {
            changed[at] = value;
        }
        return changed;
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        return longer;
    }
}
