package io.meshlog.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.cli.Endpoints;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Meshlog;
import io.meshlog.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code up} refuses, and what it leaves. That it works is tested with real parts, in integration-tests. */
class UpCommandTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void pretendTheLauncher() throws Exception {
        Path jar = Files.createFile(folder.resolve("broker.jar"));
        Files.createFile(folder.resolve("quarkus-run.jar"));
        System.setProperty("meshlog.home", folder.toString());
        System.setProperty("meshlog.broker.jar", jar.toString());
        System.setProperty("meshlog.registry.dir", folder.toString());
    }

    @AfterEach
    void forgetTheLauncher() {
        System.clearProperty("meshlog.home");
        System.clearProperty("meshlog.broker.jar");
        System.clearProperty("meshlog.registry.dir");
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // when
            int exitCode = up("--port-base", Integer.toString(taken.getLocalPort()), "--no-examples");

            // then
            assertThat(exitCode).isEqualTo(ExitCode.ERROR);
            assertThat(said())
                    .startsWith("meshlog: port %d, for the mesh-api gRPC, is in use".formatted(taken.getLocalPort()))
                    .contains("--port-base");
            assertThat(Endpoints.in(folder.resolve("data"))).doesNotExist();
        }
    }

    @Test
    void aFolderInUseIsNamedWithWhoUsesIt() {
        DataFolder taken = DataFolder.take(folder.resolve("data"));
        try (taken) {
            // when
            int exitCode = up("--no-examples");

            // then
            assertThat(exitCode).isEqualTo(ExitCode.ERROR);
            assertThat(said())
                    .contains(folder.resolve("data") + " is in use by process "
                            + ProcessHandle.current().pid());
        }
    }

    @Test
    void aFolderThatCannotBeIsNamed() throws Exception {
        // given
        Files.createFile(folder.resolve("data"));

        // then
        assertThat(up("--no-examples")).isEqualTo(ExitCode.ERROR);
        assertThat(said()).contains("the folder " + folder.resolve("data") + " cannot be used");
    }

    @Test
    void examplesThatAreNotThereAreNamed() {
        assertThat(up("--examples", "nowhere")).isEqualTo(ExitCode.ERROR);
        assertThat(said()).contains("there is no folder").contains("nowhere");
    }

    @Test
    void withoutTheLauncherItSaysSo() {
        // given
        System.clearProperty("meshlog.broker.jar");

        // then
        assertThat(up("--no-examples")).isEqualTo(ExitCode.ERROR);
        assertThat(said()).contains("./meshlog");
    }

    @Test
    void bothKindsOfExamplesAreAUsageError() {
        assertThat(up("--examples", "x", "--no-examples")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatAKilledUpLeftBehindIsFoundAndEnded() throws Exception {
        // given
        Process left = new ProcessBuilder("sleep", "600").start();
        Path file = folder.resolve("processes");
        new Processes(file).started("broker", left.pid());

        // when
        var found = new Processes(file).leftBehind();
        Processes.awaitEnd(found, Duration.ofMillis(1));

        // then
        assertThat(found).extracting(ProcessHandle::pid).containsExactly(left.pid());
        assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(new Processes(file).leftBehind()).isEmpty();
    }

    @Test
    void anothersProcessWithTheSameIdIsNotLeftBehind() throws Exception {
        // given
        Path file = folder.resolve("processes");
        Files.writeString(
                file, "broker %d 1\n".formatted(ProcessHandle.current().pid()));

        // then
        assertThat(new Processes(file).leftBehind()).isEmpty();
    }

    private int up(String... more) {
        Terminal terminal = new Terminal(OutputStream.nullOutputStream(), err, Map.of(), folder, false, false);
        String[] arguments = new String[more.length + 3];
        arguments[0] = "up";
        arguments[1] = "--data";
        arguments[2] = "data";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Meshlog.run(terminal, arguments);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
