package io.meshlog.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However a part ends, its process is gone then, and whoever waits for the part is told. */
@Timeout(60)
class PartStopTest {
    private static final String IGNORES_SIGTERM = "trap '' TERM; echo up > \"$0\"; while :; do sleep 600; done";

    @TempDir
    Path folder;

    private final List<PartState> states = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aProbeThatThrowsFailsThePartAndEndsItsProcess() throws Exception {
        // given
        BooleanSupplier broken = () -> {
            throw new IllegalStateException("no such host");
        };

        try (Part part = part("exec sleep 600", broken, Part.STOP_PATIENCE)) {
            // when
            PartState settled = part.start().get(30, TimeUnit.SECONDS);

            // then
            assertThat(settled)
                    .isInstanceOfSatisfying(
                            PartState.Failed.class,
                            failed -> assertThat(failed.why()).contains("no such host"));
            assertThat(ProcessHandle.of(firstPid())).isEmpty();
        }
    }

    @Test
    void whoWaitsForAPartThatIsStoppedBeforeItAnswersIsTold() throws Exception {
        // given
        CompletableFuture<Void> probed = new CompletableFuture<>();
        BooleanSupplier mute = () -> {
            probed.complete(null);
            return false;
        };
        Part part = part("exec sleep 600", mute, Part.STOP_PATIENCE);
        CompletableFuture<PartState> settled = part.start();
        probed.get(30, TimeUnit.SECONDS);

        // when
        part.close();

        // then
        assertThat(settled.get(30, TimeUnit.SECONDS)).isEqualTo(new PartState.Stopped());
        assertThat(ProcessHandle.of(firstPid())).isEmpty();
    }

    @Test
    void whatDoesNotHeedSigtermIsKilledWithAllItStarted() throws Exception {
        // given
        Path up = folder.resolve("up");
        Part part = part(IGNORES_SIGTERM, () -> up.toFile().exists(), Duration.ofMillis(200), up.toString());
        part.start().get(30, TimeUnit.SECONDS);
        List<ProcessHandle> tree =
                ProcessHandle.of(firstPid()).orElseThrow().descendants().toList();

        // when
        part.close();

        // then
        assertThat(ProcessHandle.of(firstPid())).isEmpty();
        tree.forEach(child -> child.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    }

    @Test
    void theEndIsToldOnceAndOnThePartsOwnThread() throws Exception {
        // given
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        PartSpec spec = spec("exec sleep 600", () -> true);
        Part part = new Part(
                spec,
                (name, state) -> {
                    states.add(state);
                    threads.add(Thread.currentThread().getName());
                },
                InstantSource.system());
        part.start().get(30, TimeUnit.SECONDS);

        // when
        part.close();
        part.close();

        // then
        assertThat(states).filteredOn(PartState.Stopped.class::isInstance).hasSize(1);
        assertThat(threads).containsOnly("part-sleeper");
    }

    @Test
    void aPartThatWasNeverStartedStopsAtOnce() {
        Part part = part("exec sleep 600", () -> true, Part.STOP_PATIENCE);

        part.close();

        assertThat(part.state()).isEqualTo(new PartState.Stopped());
    }

    @Test
    void aListenerMayStopThePart() throws Exception {
        // given
        CompletableFuture<Part> self = new CompletableFuture<>();
        Part part = new Part(
                spec("exec sleep 600", () -> true),
                (name, state) -> {
                    states.add(state);
                    if (state instanceof PartState.Ready) {
                        self.join().close();
                    }
                },
                InstantSource.system());
        self.complete(part);

        // when
        part.start().get(30, TimeUnit.SECONDS);
        part.close();

        // then
        assertThat(states).last().isEqualTo(new PartState.Stopped());
        assertThat(ProcessHandle.of(firstPid())).isEmpty();
    }

    private long firstPid() {
        return ((PartState.Starting) states.getFirst()).pid();
    }

    private Part part(String script, BooleanSupplier answers, Duration stopPatience, String... arguments) {
        return new Part(
                spec(script, answers, arguments),
                (name, state) -> states.add(state),
                InstantSource.system(),
                stopPatience);
    }

    private PartSpec spec(String script, BooleanSupplier answers, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script));
        command.addAll(List.of(arguments));
        return new PartSpec(
                "sleeper", command, Map.of(), answers, Duration.ofSeconds(30), folder.resolve("logs/sleeper.log"));
    }
}
