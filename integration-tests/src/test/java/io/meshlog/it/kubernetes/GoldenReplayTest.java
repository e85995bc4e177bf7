package io.meshlog.it.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.it.kubernetes.EtcdFace.KeyChange;
import io.meshlog.it.kubernetes.GoldenRecording.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same objects and changes in a real Kubernetes API give an agent the same keys and values, after every step, as Cilium's
 * own clustermesh-apiserver wrote.
 */
@Timeout(1_800)
final class GoldenReplayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path FENCES = Path.of("src/test/resources/kubernetes/fences.yaml");

    @TempDir
    Path folder;

    private final GoldenRecording golden = new GoldenRecording();
    private KubernetesFleet fleet;
    private PublisherProcess publisher;
    private int fences;

    @BeforeEach
    void start() {
        KubernetesProgram program = KubernetesProgram.orSkip();
        List<Path> definitions = new ArrayList<>(program.ciliumDefinitions());
        definitions.add(program.serviceExportDefinition());
        fleet = KubernetesFleet.start(program, folder, definitions);
    }

    @AfterEach
    void stop() {
        if (publisher != null) {
            publisher.close();
        }
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void everyStepIsAsRecorded() throws Exception {
        // given
        for (Path manifest : golden.manifests()) {
            fleet.api().create(manifest);
        }
        startPublisher();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(compared()).isEqualTo(golden.start()));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.face().state().keySet()).containsAll(golden.syncedKeys()));
        fleet.api().create(FENCES);
        for (ClusterKind kind : ClusterKind.values()) {
            await("the fence of " + kind)
                    .atMost(PATIENCE)
                    .until(() -> fleet.face().state().containsKey(kind.fenceKey()));
        }

        for (Step step : golden.steps()) {
            // when
            int before = fleet.face().seen().size();
            ClusterKind changed = play(step.words());

            // then
            Set<KeyChange> recorded = golden.changesOf(step.name());
            if (changed != null) {
                awaitAll(before, recorded);
                fence(changed);
                fence(changed);
                assertThat(changesSince(before)).as(step.name()).isEqualTo(recorded);
            } else if (!recorded.isEmpty()) {
                // Cilium writes everything anew when it starts, and leaves what is gone to its old lease
                Map<String, String> again = golden.putBy(step.name());
                await(step.name())
                        .atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(compared()).isEqualTo(again));
            } else {
                assertThat(changesSince(before)).as(step.name()).isEmpty();
            }
        }
        for (ClusterKind kind : ClusterKind.values()) {
            fence(kind);
        }
        assertThat(compared()).isEqualTo(golden.putBy(golden.steps().getLast().name()));
    }

    private void startPublisher() {
        publisher = PublisherProcess.start(
                folder.resolve("publisher.log"), fleet.api().kubeconfig(), fleet.gatewayPort());
    }

    /** The kind whose object the step changed; null where it changed none that a running publisher could tell of. */
    private ClusterKind play(List<String> words) throws IOException, InterruptedException {
        String namespace = words.size() > 4 ? words.getLast() : "";
        switch (words.getFirst()) {
            case "merge" -> {
                ClusterKind kind = ClusterKind.of(words.get(1));
                fleet.api().merge(kind, namespace, words.get(2), words.get(3));
                return kind;
            }
            case "kctl" -> {
                if (words.get(1).equals("create")) {
                    return ClusterKind.of(
                            fleet.api().create(golden.file(words.getLast())).getFirst());
                }
                ClusterKind kind = ClusterKind.of(words.get(2));
                fleet.api().delete(kind, namespace, words.get(3));
                return publisher == null ? null : kind;
            }
            case "stop" -> {
                publisher.stop();
                publisher = null;
            }
            case "start_cma" -> startPublisher();
            // for Cilium's heartbeat, which is each replica's own here and no part of the log
            case "sleep" -> {}
            default -> throw new IllegalArgumentException("no such step: " + words);
        }
        return null;
    }

    /** Waits for as much as was recorded; what is missing then is told by who compares. */
    private void awaitAll(int before, Set<KeyChange> recorded) {
        try {
            await().atMost(PATIENCE).until(() -> changesSince(before).containsAll(recorded));
        } catch (ConditionTimeoutException missing) {
            assertThat(changesSince(before)).isEqualTo(recorded);
        }
    }

    /** Changes an object of the kind, and waits until that is seen: what came of earlier changes is seen then, too. */
    private void fence(ClusterKind kind) {
        long before = countOf(kind.fenceKey());
        fleet.api().merge(kind, kind.fenceNamespace(), kind.fenceName(), kind.fencePatch(++fences));
        await("the fence of " + kind).atMost(PATIENCE).until(() -> countOf(kind.fenceKey()) > before);
    }

    private long countOf(String key) {
        return fleet.face().seen().stream()
                .filter(change -> change.key().equals(key))
                .count();
    }

    private Set<KeyChange> changesSince(int before) {
        List<KeyChange> seen = fleet.face().seen();
        return seen.subList(before, seen.size()).stream()
                .filter(change -> isCompared(change.key()))
                .collect(Collectors.toSet());
    }

    private Map<String, String> compared() {
        Map<String, String> state = new TreeMap<>(fleet.face().state());
        state.keySet().removeIf(key -> !isCompared(key));
        return state;
    }

    private static boolean isCompared(String key) {
        return GoldenRecording.isCompared(key) && !ClusterKind.isFence(key);
    }
}
