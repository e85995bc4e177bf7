package io.meshlog.cli.leash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeashTest {
    @TempDir
    Path folder;

    private Process companion;
    private Process program;

    /** Says that it runs, and would run for ever. */
    public static final class Endless {
        private Endless() {}

        public static void main(String[] arguments) throws Exception {
            Files.writeString(Path.of(arguments[0]), "runs");
            new CountDownLatch(1).await();
        }
    }

    @AfterEach
    void endBoth() {
        companion.destroyForcibly();
        program.destroyForcibly();
    }

    @Test
    void theProgramEndsWithItsCompanion() throws Exception {
        // given
        companion = new ProcessBuilder("sleep", "600").start();
        program = onLeashOf(companion.pid());
        await().until(() -> Files.exists(folder.resolve("sign")));

        // when
        companion.destroyForcibly();

        // then
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void withoutItsCompanionItEndsAtOnce() throws Exception {
        // given
        companion = new ProcessBuilder("true").start();
        companion.waitFor();

        // when
        program = onLeashOf(companion.pid());

        // then
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("sign")).doesNotExist();
    }

    private Process onLeashOf(long pid) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Leash.class.getName(),
                        Long.toString(pid),
                        Endless.class.getName(),
                        folder.resolve("sign").toString())
                .inheritIO()
                .start();
    }
}
