package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which server is asked, and what is said where there is none or it does not do. */
class ServerChoiceTest {
    private final FakeMesh server = new FakeMesh();

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    @Test
    void theOptionGoesBeforeTheVariable() {
        assertThat(new Cli()
                        .environment("MESHLOG_SERVER", "127.0.0.1:1")
                        .run("status", "--server", server.address())
                        .exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void aRunningUpIsFoundByItsFolder() throws IOException {
        // given
        Path data = Files.createDirectories(folder.resolve(".meshlog"));
        Endpoints.here("demo", server.address(), "", "", "", "").write(data);

        // then
        assertThat(new Cli().in(folder).run("status").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(new Cli().run("status", "--data", data.toString()).exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void aNamedFolderGoesBeforeTheVariable() throws IOException {
        // given
        Endpoints.here("demo", server.address(), "", "", "", "").write(folder);

        // then
        assertThat(new Cli()
                        .environment("MESHLOG_SERVER", "127.0.0.1:1")
                        .run("status", "--data", folder.toString())
                        .exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void withoutAServerTheThreeWaysAreSaid() {
        // when
        Cli.Ended ended = new Cli().in(folder).run("get", "services");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        Golden.verify("no-server.err", ended.err());
    }

    @Test
    void aLeftOverOfADeadProcessIsNamed() throws IOException {
        // given
        Process dead = new ProcessBuilder("true").start();
        dead.onExit().join();
        new Endpoints("demo", dead.pid(), 0, server.address(), "", "", "", "").write(folder);

        // when
        Cli.Ended ended = new Cli().run("status", "--data", folder.toString());

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err())
                .contains("endpoints.json is left over from process " + dead.pid() + ", which has ended")
                .contains("meshlog up --data " + folder);
    }

    @Test
    void anothersProcessWithTheSameIdIsNotIt() throws IOException {
        // given
        new Endpoints("demo", ProcessHandle.current().pid(), 1, server.address(), "", "", "", "").write(folder);

        // then
        assertThat(new Cli().run("status", "--data", folder.toString()).err()).contains("left over");
    }

    @Test
    void anUnreadableFileIsNamed() throws IOException {
        // given
        Files.writeString(Endpoints.in(folder), "{");

        // then
        assertThat(new Cli().run("status", "--data", folder.toString()).err())
                .startsWith("meshlog: cannot read " + Endpoints.in(folder));
    }

    @Test
    void aRefusedConnectionNamesHostPortAndWhoSaidSo() throws IOException {
        // given
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        // when
        Cli.Ended ended = new Cli().run("status", "--server", "127.0.0.1:" + port);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.ERROR);
        assertThat(ended.err())
                .startsWith("meshlog: cannot reach 127.0.0.1:%d (from --server): connection refused\n".formatted(port))
                .contains("meshlog up", "--server HOST:PORT");
    }

    @Test
    void aServerThatItsUpStartsAgainIsWorthAnotherTry() throws Exception {
        // given
        Endpoints.here("demo", server.address(), "", "", "", "").write(folder);
        server.kill();

        // when
        Cli.Ended ended = new Cli().run("status", "--data", folder.toString());

        // then
        assertThat(ended.err()).contains("connection refused", "starts it again: try again in some seconds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:", ":7171", "localhost:seven", "localhost:70000", "::1:7171"})
    void whatIsNoAddressIsAUsageError(String address) {
        // when
        Cli.Ended ended = new Cli().run("status", "--server", address);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("\"" + address + "\", which is not HOST:PORT");
    }

    @ParameterizedTest
    @CsvSource({
        "PERMISSION_DENIED, 5",
        "UNAUTHENTICATED, 5",
        "DEADLINE_EXCEEDED, 4",
        "INVALID_ARGUMENT, 2",
        "UNIMPLEMENTED, 1",
        "INTERNAL, 1",
        "UNAVAILABLE, 1"
    })
    void everyAnswerHasItsExitCode(Status.Code code, int exitCode) {
        // given
        server.failure = code.toStatus().withDescription("because \u001b[31mof that");

        // when
        Cli.Ended ended = Cli.withServer(server).run("status");

        // then
        assertThat(ended.exitCode()).isEqualTo(exitCode);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("meshlog: ").doesNotContain("\u001b", "Exception");
    }

    @Test
    void aServerThatDoesNotAnswerIsATimeout() {
        // when: the fake has no script, so the watch stays silent
        Cli.Ended ended = Cli.withServer(server).run("watch", "--until-synced", "--timeout", "100ms");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.TIMEOUT);
        assertThat(ended.err()).contains("did not answer in time");
    }
}
