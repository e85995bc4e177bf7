package io.meshlog.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.cli.Endpoints;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PartTest {
    @TempDir
    Path folder;

    private final BlockingQueue<PartState> states = new LinkedBlockingQueue<>();

    @Test
    void aPartThatIsKilledIsStartedAgain() throws Exception {
        try (Part part = part("sleep 60", Duration.ofSeconds(30))) {
            PartState first = part.start().get(30, TimeUnit.SECONDS);
            long pid = ((PartState.Ready) first).pid();

            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            assertThat(next(PartState.Restarting.class).exitCode()).isNotZero();
            assertThat(next(PartState.Ready.class).pid()).isNotEqualTo(pid);
        }
        assertThat(next(PartState.Stopped.class)).isNotNull();
    }

    @Test
    void aPartThatDoesNotAnswerFailsAndSaysWhereItsLogIs() throws Exception {
        PartSpec mute = spec("sleep 60", Duration.ofMillis(1), false);

        try (Part part = new Part(mute, (name, state) -> states.add(state), InstantSource.system())) {
            PartState state = part.start().get(30, TimeUnit.SECONDS);

            assertThat(state)
                    .isInstanceOfSatisfying(
                            PartState.Failed.class,
                            failed ->
                                    assertThat(failed.why()).contains(mute.log().toString()));
        }
    }

    @Test
    void aPartThatCannotLiveIsGivenUp() {
        RestartPolicy policy = new RestartPolicy();

        for (int i = 0; i < RestartPolicy.MOST_RESTARTS; i++) {
            assertThat(policy.afterExit(i, true)).isBetween(Duration.ZERO, RestartPolicy.LONGEST_PAUSE);
        }

        assertThat(policy.afterExit(RestartPolicy.MOST_RESTARTS, true)).isNull();
        assertThat(policy.afterExit(RestartPolicy.WINDOW.toMillis() + 1_000, true))
                .isNotNull();
    }

    @Test
    void aFolderIsUsedByOneAtATimeAndTheOtherIsTold() {
        try (DataFolder first = DataFolder.take(folder)) {
            first.writeEndpoints(Endpoints.here("demo", "127.0.0.1:1", "", "", "", ""));
            assertThat(folder.resolve("endpoints.json")).exists();

            assertThatThrownBy(() -> DataFolder.take(folder))
                    .isInstanceOf(UpException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
        assertThat(folder.resolve("endpoints.json")).doesNotExist();
        DataFolder.take(folder).close();
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ports ports = new Ports(Math.min(taken.getLocalPort(), 65_000));

            assertThatThrownBy(ports::requireFree)
                    .isInstanceOf(UpException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("--port-base");
        }
    }

    private Part part(String script, Duration readyWithin) {
        return new Part(spec(script, readyWithin, true), (name, state) -> states.add(state), InstantSource.system());
    }

    private PartSpec spec(String script, Duration readyWithin, boolean answers) {
        return new PartSpec(
                "sleeper",
                List.of("/bin/sh", "-c", "exec " + script),
                Map.of(),
                () -> answers,
                readyWithin,
                folder.resolve("logs/sleeper.log"));
    }

    private <T extends PartState> T next(Class<T> type) throws InterruptedException {
        PartState state = states.poll(30, TimeUnit.SECONDS);
        while (state != null && !type.isInstance(state)) {
            state = states.poll(30, TimeUnit.SECONDS);
        }
        assertThat(state).isInstanceOf(type);
        return type.cast(state);
    }
}
