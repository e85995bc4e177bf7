package io.meshlog.it.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(900)
class UpTest {
    private static final Duration RECOVERY = Duration.ofMinutes(2);
    private static final String FIRST_PORT = "port: 80";

    @TempDir
    Path folder;

    private RunningUp up;
    private Path services;
    private int portBase;
    private int edits;

    @BeforeEach
    void start() throws IOException {
        assumeThat(RunningUp.isPacked()).isTrue();
        copy(Path.of(System.getProperty("meshlog.home"), "examples", "three-clusters"), folder.resolve("examples"));
        services = folder.resolve("examples/eastus/services.yaml");
        portBase = RunningUp.freePorts();
        startAgain();
    }

    @AfterEach
    void leaveNothing() throws IOException {
        if (up != null) {
            up.leaveNothing();
        }
    }

    @Test
    void aFleetStartsShowsItsClustersSurvivesEveryKillAndStartsAgain() throws Exception {
        assertThat(up.meshlog("get", "services", "-o", "name"))
                .contains("eastus/services/shop/web\n", "westeurope/services/shop/web\n");
        assertThat(up.meshlog("status")).doesNotStartWith("exit");
        editIsSeen();

        for (String part : List.of("publishers", "registry", "projector", "mesh-api", "broker")) {
            up.part(part).destroyForcibly();
            editIsSeen();
        }
        await().atMost(RECOVERY).until(() -> !up.meshlog("status").startsWith("exit"));
        String before = resources();

        assertThat(up.stop()).isZero();
        assertThat(folder.resolve("data/endpoints.json")).doesNotExist();
        startAgain();
        assertThat(resources()).isEqualTo(before);
    }

    @Test
    void aKilledUpTakesItsPartsWithItAndTheNextLosesNothing() throws Exception {
        // given
        editIsSeen();
        String before = resources();
        List<ProcessHandle> parts = up.parts();

        // when
        up.kill();

        // then
        await().atMost(RECOVERY).until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
        startAgain();
        assertThat(resources()).isEqualTo(before);
        editIsSeen();
    }

    private void startAgain() throws IOException {
        up = RunningUp.start(folder.resolve("data"), folder.resolve("examples"), portBase);
        // the last that is written by itself: a while after each cluster's snapshot is complete
        await().atMost(RECOVERY).until(() -> {
            String opaque = up.meshlog("get", "opaque", "-o", "name");
            return Stream.of("eastus", "edge", "westeurope")
                    .allMatch(cluster -> opaque.contains("cilium/synced/" + cluster + "/"));
        });
    }

    /** Each edit gives the web service another port. */
    private void editIsSeen() throws IOException {
        int port = 8_000 + ++edits;
        String old = edits == 1 ? FIRST_PORT : "port: " + (port - 1);
        Files.writeString(services, Files.readString(services).replaceFirst(old + "\n", "port: " + port + "\n"));
        await().atMost(RECOVERY)
                .until(() -> up.meshlog("get", "services", "eastus/shop/web").contains(":" + port + "/TCP"));
    }

    /** All of the fleet with the revisions it stands at. */
    private String resources() {
        String printed = up.meshlog("get", "all", "-o", "json");
        assertThat(printed).doesNotStartWith("exit");
        return JsonParser.parseString(printed).getAsJsonObject().get("items").toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }
}
