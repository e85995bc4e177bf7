package io.meshlog.publisher.source.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.source.SourceListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestSourceTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration QUIET = Duration.ofMillis(20);

    @TempDir
    private Path root;

    private final Heard heard = new Heard();
    private ManifestSource source;

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void aFileRenamedOverAnotherIsSeenAsEditorsDoIt() throws IOException {
        Files.writeString(root.resolve("a.yaml"), namespace("a"));
        start(NEVER);
        await().until(() -> heard.objects.equals(List.of("Namespace a")));

        Files.writeString(root.resolve(".a.yaml.swp"), namespace("b"));
        Files.move(root.resolve("a.yaml"), root.resolve("a.yaml~"));
        Files.move(root.resolve(".a.yaml.swp"), root.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);

        await().until(() -> heard.changes.size() == 2);
        assertThat(heard.changes).containsExactlyInAnyOrder("Deleted Namespace a", "Upserted Namespace b");
    }

    @Test
    void aNewDirectoryIsWatchedToo() throws IOException {
        Files.writeString(root.resolve("a.yaml"), namespace("a"));
        start(NEVER);
        await().until(() -> !heard.objects.isEmpty());

        Files.createDirectories(root.resolve("sub/deep"));
        Files.writeString(root.resolve("sub/deep/b.yaml"), namespace("b"));

        await().until(() -> heard.changes.equals(List.of("Upserted Namespace b")));
    }

    @Test
    void withoutAWordFromTheSystemTheIntervalFindsIt() throws IOException {
        Path later = root.resolve("later");
        source = new ManifestSource(later, Duration.ofMillis(20), QUIET, InstantSource.system());
        source.start(heard);
        await().until(() -> !heard.problems.isEmpty());
        assertThat(heard.objects).isEmpty();

        Files.createDirectory(later);
        Files.writeString(later.resolve("a.yaml"), namespace("a"));

        await().until(() -> heard.objects.equals(List.of("Namespace a")));
        await().until(() -> heard.problems.isEmpty());
    }

    @Test
    void anIncompleteTreeIsNotTold() throws IOException {
        Files.writeString(root.resolve("a.yaml"), namespace("a"));
        Files.writeString(root.resolve("b.yaml"), "kind: [");
        start(NEVER);
        await().until(() -> heard.problems.size() == 1);
        assertThat(heard.objects).isEmpty();

        Files.writeString(root.resolve("b.yaml"), namespace("b"));

        await().until(() -> heard.objects.size() == 2);
    }

    @Test
    void itIsStartedOnce() throws IOException {
        start(NEVER);

        assertThatThrownBy(() -> source.start(heard)).isInstanceOf(IllegalStateException.class);
    }

    private void start(Duration interval) {
        source = new ManifestSource(root, interval, QUIET, InstantSource.system());
        source.start(heard);
    }

    private static String namespace(String name) {
        return "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}\n";
    }

    private static final class Heard implements SourceListener {
        private final List<String> objects = new CopyOnWriteArrayList<>();
        private final List<String> changes = new CopyOnWriteArrayList<>();
        private final List<String> problems = new CopyOnWriteArrayList<>();

        @Override
        public void onObjects(List<KubernetesObject> all) {
            all.forEach(object -> objects.add(object.reference().toString()));
        }

        @Override
        public void onChanges(List<ObjectChange> batch) {
            batch.forEach(change -> changes.add(change.getClass().getSimpleName() + " " + change.reference()));
        }

        @Override
        public void onProblems(List<String> present) {
            problems.clear();
            problems.addAll(present);
        }
    }
}
