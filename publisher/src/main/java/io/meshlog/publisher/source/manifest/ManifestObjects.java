package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.ReadObjects;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What some files and directories hold, read once. Nothing is passed over but kinds that are not exported: what cannot be
 * read, and an object that stands twice, is an error.
 *
 * @param ignored the kinds that are not exported
 */
public record ManifestObjects(List<KubernetesObject> objects, Set<String> ignored) {
    public ManifestObjects {
        objects = List.copyOf(objects);
        ignored = Set.copyOf(ignored);
    }

    /**
     * Reads files, whatever their names, and the manifests in directories.
     *
     * @throws ManifestException naming the place that is wrong
     * @throws io.meshlog.publisher.k8s.read.FieldException naming the field that is wrong
     */
    public static ManifestObjects read(List<Path> paths) {
        Map<ObjectReference, Placed> objects = new LinkedHashMap<>();
        Set<String> ignored = new TreeSet<>();
        for (Path file : files(paths)) {
            ReadObjects read = ObjectReader.read(YamlTrees.read(file.toString(), text(file)));
            for (Placed placed : read.objects()) {
                Placed first = objects.putIfAbsent(placed.object().reference(), placed);
                if (first != null) {
                    throw new ManifestException("%s stands in %s and again in %s"
                            .formatted(placed.object().reference(), first.place(), placed.place()));
                }
            }
            ignored.addAll(read.ignored());
        }
        ignored.remove(ClusterManifest.API_VERSION + " " + ClusterManifest.KIND);
        return new ManifestObjects(objects.values().stream().map(Placed::object).toList(), ignored);
    }

    private static List<Path> files(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.isRegularFile(path)) {
                files.add(path);
                continue;
            }
            DirectoryWalk walk = DirectoryWalk.of(path, Instant.EPOCH);
            walk.failures().forEach((place, why) -> {
                throw new ManifestException("%s: cannot be read: %s".formatted(place, why));
            });
            if (walk.files().isEmpty()) {
                throw new ManifestException(
                        "%s: holds no manifest: no file that ends in .yaml, .yml or .json".formatted(path));
            }
            files.addAll(walk.files().keySet());
        }
        return files;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new ManifestException("%s: cannot be read: %s".formatted(file, unreadable));
        }
    }
}
