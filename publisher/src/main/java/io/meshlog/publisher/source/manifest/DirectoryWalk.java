package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.source.manifest.ManifestFile.Stamp;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a directory tree looks like from outside. Links are followed, so that a mounted ConfigMap works; names that begin
 * with a dot are passed over: they are editors' swap files and a ConfigMap's inner directories.
 */
final class DirectoryWalk extends SimpleFileVisitor<Path> {
    private static final Set<String> ENDINGS = Set.of(".yaml", ".yml", ".json");

    private final Path root;
    private final Instant now;
    private final SortedMap<Path, Stamp> files = new TreeMap<>();
    private final Set<Path> directories = new TreeSet<>();
    private final SortedMap<Path, String> failures = new TreeMap<>();

    private DirectoryWalk(Path root, Instant now) {
        this.root = root;
        this.now = now;
    }

    static DirectoryWalk of(Path root, Instant now) {
        DirectoryWalk walk = new DirectoryWalk(root, now);
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walk);
        } catch (IOException failed) {
            walk.failures.put(root, failed.toString());
        }
        return walk;
    }

    /** The manifests, by path. */
    SortedMap<Path, Stamp> files() {
        return files;
    }

    Set<Path> directories() {
        return directories;
    }

    /** What could not be looked at, and why. */
    SortedMap<Path, String> failures() {
        return failures;
    }

    /** Whether this walk could not tell if the file is there. */
    boolean isHidden(Path file) {
        return failures.keySet().stream().anyMatch(file::startsWith);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
        if (!directory.equals(root) && startsWithDot(directory)) {
            return FileVisitResult.SKIP_SUBTREE;
        }
        directories.add(directory);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile() && isManifest(file)) {
            files.put(file, Stamp.of(attributes, now));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failed) {
        // A file that vanished while the walk was under way is gone; anything else may still be there.
        boolean vanished = failed instanceof java.nio.file.NoSuchFileException && !file.equals(root);
        if (!vanished && !startsWithDot(file)) {
            failures.put(file, failed.toString());
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failed) {
        if (failed != null) {
            failures.put(directory, failed.toString());
        }
        return FileVisitResult.CONTINUE;
    }

    private static boolean isManifest(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && ENDINGS.stream().anyMatch(name::endsWith);
    }

    private static boolean startsWithDot(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }
}
