package io.meshlog.publisher.source.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectChange.Deleted;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.source.manifest.ManifestDirectory.Scan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestDirectoryTest {
    /** A time at which every file of the test is old. */
    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

    @TempDir
    private Path root;

    private ManifestDirectory directory;
    private Instant now = Instant.EPOCH;

    @BeforeEach
    void setUp() {
        directory = new ManifestDirectory(root, () -> now);
    }

    @Test
    void allFilesOfTheTreeAreRead() throws IOException {
        write("a.yaml", namespace("a"));
        write("deep/er/b.yml", namespace("b"));
        write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"c\"}}");
        write("notes.txt", "not a manifest");
        write(".hidden.yaml", "broken: [");
        write("..data/d.yaml", "broken: [");

        Scan scan = directory.scan();

        assertThat(scan.complete()).isTrue();
        assertThat(scan.problems()).isEmpty();
        assertThat(names()).containsExactly("a", "b", "c");
        assertThat(scan.directories()).contains(root, root.resolve("deep/er"));
    }

    @Test
    void changesOfFilesAreChangesOfObjects() throws IOException {
        write("a.yaml", namespace("a") + "---\n" + namespace("b"));
        directory.scan();

        write("a.yaml", namespace("b") + "---\n" + namespace("c"));
        assertThat(directory.scan().changes())
                .extracting(ObjectChange::reference)
                .containsExactlyInAnyOrder(reference("a"), reference("c"));

        write("b.yaml", "");
        Files.delete(root.resolve("a.yaml"));
        assertThat(directory.scan().changes())
                .containsExactlyInAnyOrder(new Deleted(reference("b")), new Deleted(reference("c")));
    }

    @Test
    void aFileThatDidNotChangeIsNotReadAgain() throws IOException {
        write("a.yaml", namespace("a"));
        now = LATER;
        directory.scan();
        var changed = Files.getLastModifiedTime(root.resolve("a.yaml"));

        Files.writeString(root.resolve("a.yaml"), namespace("z"));
        Files.setLastModifiedTime(root.resolve("a.yaml"), changed);

        assertThat(directory.scan().changes()).isEmpty();
    }

    @Test
    void aFileThatChangedAMomentAgoIsReadAgainAlthoughItLooksTheSame() throws IOException {
        write("a.yaml", namespace("a"));
        var changed = Files.getLastModifiedTime(root.resolve("a.yaml"));
        now = changed.toInstant().plusMillis(500);
        directory.scan();

        Files.writeString(root.resolve("a.yaml"), namespace("z"));
        Files.setLastModifiedTime(root.resolve("a.yaml"), changed);

        assertThat(directory.scan().changes()).hasSize(2);
    }

    @Test
    void aBrokenFileIsReportedAndItsLastGoodStateStays() throws IOException {
        write("a.yaml", namespace("a"));
        directory.scan();

        write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: [}\n");
        Scan broken = directory.scan();
        assertThat(broken.changes()).isEmpty();
        assertThat(broken.problems()).singleElement().asString().startsWith("a.yaml:3: ");

        write("a.yaml", namespace("b"));
        Scan mended = directory.scan();
        assertThat(mended.problems()).isEmpty();
        assertThat(names()).containsExactly("b");
    }

    @Test
    void aFileThatWasNeverGoodKeepsTheTreeIncomplete() throws IOException {
        write("a.yaml", namespace("a"));
        write("b.yaml", "kind: Service");

        Scan scan = directory.scan();
        assertThat(scan.complete()).isFalse();
        assertThat(scan.problems()).containsExactly("b.yaml:1: apiVersion: is missing");

        write("b.yaml", namespace("b"));
        assertThat(directory.scan().complete()).isTrue();

        write("c.yaml", "kind: Service");
        assertThat(directory.scan().complete()).isTrue();
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void anEmptyFileSaysThatNothingIsMeant() throws IOException {
        write("a.yaml", namespace("a"));
        directory.scan();

        write("a.yaml", "");

        assertThat(directory.scan().changes()).containsExactly(new Deleted(reference("a")));
    }

    @Test
    void aTreeWithoutAnyManifestSaysNothing() throws IOException {
        assertThat(directory.scan().complete()).isFalse();
        write("a.yaml", namespace("a"));
        directory.scan();

        Files.delete(root.resolve("a.yaml"));
        Scan scan = directory.scan();

        assertThat(scan.changes()).isEmpty();
        assertThat(scan.problems()).singleElement().asString().contains("holds no manifest any more");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aTreeThatCannotBeSeenSaysNothing() throws IOException {
        write("sub/a.yaml", namespace("a"));
        write("b.yaml", namespace("b"));
        directory.scan();

        Path away = root.resolveSibling(root.getFileName() + "-away");
        Files.move(root, away);
        Scan scan = directory.scan();
        Files.move(away, root);

        assertThat(scan.changes()).isEmpty();
        assertThat(scan.problems()).singleElement().asString().contains("cannot be read");
        assertThat(directory.scan().problems()).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreReported() throws IOException {
        Files.write(root.resolve("a.yaml"), new byte[] {(byte) 0xc3, 0x28});

        assertThat(directory.scan().problems()).containsExactly("a.yaml: is no UTF-8 text");
    }

    @Test
    void ofAnObjectInTwoFilesTheFirstByPathCountsAndBothAreNamed() throws IOException {
        write("b.yaml", namespace("x"));
        write("a.yaml", "# a line\n" + namespace("x").replace("}", ", labels: {from: a}}"));

        Scan scan = directory.scan();
        assertThat(scan.problems())
                .containsExactly("Namespace x stands in a.yaml:2 and again in b.yaml:1: the first counts");
        assertThat(directory.objects().getFirst().meta().labels()).containsEntry("from", "a");

        Files.delete(root.resolve("a.yaml"));
        Scan after = directory.scan();
        assertThat(after.problems()).isEmpty();
        assertThat(after.changes()).hasSize(1);
        assertThat(directory.objects().getFirst().meta().labels()).isEmpty();
    }

    @Test
    void ofAnObjectTwiceInOneFileTheFirstCounts() throws IOException {
        write("a.yaml", namespace("x") + "---\n" + namespace("x"));

        assertThat(directory.scan().problems())
                .containsExactly("Namespace x stands in a.yaml:1 and again in a.yaml:5: the first counts");
    }

    @Test
    void ignoredKindsAreNamedOnceAndAClusterFileNever() throws IOException {
        write("a.yaml", "{apiVersion: apps/v1, kind: Deployment}");
        write("cluster.yaml", "{apiVersion: meshlog.io/v1alpha1, kind: MeshlogCluster, name: a, id: 1}");

        assertThat(directory.scan().newlyIgnored()).containsExactly("apps/v1 Deployment");
        write("b.yaml", "{apiVersion: apps/v1, kind: Deployment}");
        assertThat(directory.scan().newlyIgnored()).isEmpty();
    }

    @Test
    void linksAreFollowedAsAMountedConfigMapNeedsIt() throws IOException {
        write("..v1/a.yaml", namespace("a"));
        Files.createSymbolicLink(root.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(root.resolve("a.yaml"), Path.of("..data/a.yaml"));
        directory.scan();
        assertThat(names()).containsExactly("a");

        write("..v2/a.yaml", namespace("b"));
        Files.delete(root.resolve("..data"));
        Files.createSymbolicLink(root.resolve("..data"), Path.of("..v2"));
        directory.scan();

        assertThat(names()).containsExactly("b");
    }

    private List<String> names() {
        return directory.objects().stream()
                .map(KubernetesObject::meta)
                .map(meta -> meta.name())
                .sorted()
                .toList();
    }

    private static ObjectReference reference(String name) {
        return new ObjectReference(ObjectKind.NAMESPACE, "", name);
    }

    private static String namespace(String name) {
        return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + "}\n";
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
