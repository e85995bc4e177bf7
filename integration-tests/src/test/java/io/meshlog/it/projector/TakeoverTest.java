package io.meshlog.it.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.projector.ProjectorMain;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projectors are killed, and nobody can tell from the changelog. */
final class TakeoverTest {
    private static final int KILLS = 4;
    private static final int EVENTS_EACH = 300;

    @TempDir
    static Path folder;

    private final List<Instance> instances = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        instances.forEach(instance -> instance.process.destroyForcibly());
    }

    @Test
    void nothingIsLostDoubledOrReordered_whenTheActiveProjectorIsKilled() throws Exception {
        try (EmbeddedKafka broker = FleetOnKafka.broker(folder);
                FleetOnKafka fleet = new FleetOnKafka("takeover", broker.bootstrapServers(), folder)) {
            instances.add(new Instance(fleet, "one"));
            instances.add(new Instance(fleet, "two"));
            fleet.begin("eastus");
            List<CompletionStage<Long>> appended = new ArrayList<>();
            for (int kill = 0; kill <= KILLS; kill++) {
                for (int i = 0; i < EVENTS_EACH; i++) {
                    appended.add(fleet.upsert("eastus", "key-" + i % 50, "value-%d-%d".formatted(kill, i)));
                }
                if (kill < KILLS) {
                    Instance active = awaitActive();
                    // in the middle of what was just said
                    active.process.destroyForcibly().waitFor();
                    instances.remove(active);
                    instances.add(new Instance(fleet, active.name));
                }
            }
            appended.forEach(
                    offset -> assertThat(offset.toCompletableFuture().join()).isNotNegative());
            fleet.awaitDecided("eastus");

            ResourceKey session = ResourceKey.session("eastus", "eastus");
            assertThat(fleet.changes().stream()
                            .filter(record -> record.key().equals(session) && record.change() != null)
                            .mapToLong(Changelog::sequence)
                            .filter(sequence -> sequence >= 0))
                    .containsExactlyElementsOf(LongStream.rangeClosed(0, (long) (KILLS + 1) * EVENTS_EACH)
                            .boxed()
                            .toList());
            PipelineTest.assertRevisionsAreContiguous(fleet.changes());
            fleet.assertChangelogIsTheFoldOfTheLog();
        }
    }

    private Instance awaitActive() {
        List<Instance> active = new ArrayList<>();
        await("an active projector").atMost(FleetOnKafka.PATIENCE).until(() -> {
            active.clear();
            instances.stream().filter(Instance::active).forEach(active::add);
            return active.size() == 1;
        });
        return active.getFirst();
    }

    /** A projector's process. */
    private static final class Instance {
        private final String name;
        private final int port;
        private final Process process;

        Instance(FleetOnKafka fleet, String name) throws IOException {
            this.name = name;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Map<String, String> settings = new HashMap<>(fleet.settings(name));
            settings.put("MESHLOG_PROJECTOR_HTTP_BIND", "127.0.0.1:" + port);
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ProjectorMain.class.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve(name + ".log").toFile()));
            builder.environment().putAll(settings);
            process = builder.start();
        }

        boolean active() {
            try (HttpClient http = HttpClient.newHttpClient()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                        .timeout(Duration.ofSeconds(1))
                        .build();
                return http.send(request, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .lines()
                        .anyMatch("meshlog_projector_active 1"::equals);
            } catch (IOException notYet) {
                return false;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
