package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a directory tree, followed by scans.
 *
 * <p>What is broken or cannot be seen stays as it was when it was last good: a file that cannot be parsed or read, a
 * directory that cannot be listed, and the whole tree if it holds no manifest any more, since an unmounted volume looks
 * like that (an empty file left behind says that nothing is meant). Until every file was good once the tree is incomplete:
 * a list without what a broken file holds would withdraw it.
 *
 * <p>Of an object that stands in two files the one in the file whose path sorts first counts, and the problem names both.
 *
 * <p>For one thread at a time.
 */
final class ManifestDirectory {
    private final Path root;
    private final InstantSource clock;
    private final SortedMap<Path, ManifestFile> files = new TreeMap<>();
    /** Who holds each object, by path: the first one's counts. Never an empty inner map. */
    private final Map<ObjectReference, NavigableMap<Path, Placed>> holders = new HashMap<>();
    /** Objects in more than one file. */
    private final SortedSet<ObjectReference> shared = new TreeSet<>();

    private final Set<String> ignored = new TreeSet<>();
    private boolean complete;

    ManifestDirectory(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /**
     * What a scan found.
     *
     * @param complete whether every file was good once, from then on for good
     * @param changes since the last scan
     * @param problems all there are now
     * @param newlyIgnored kinds that are not read and were not seen before
     * @param directories of the tree
     */
    record Scan(
            boolean complete,
            List<ObjectChange> changes,
            List<String> problems,
            SortedSet<String> newlyIgnored,
            Set<Path> directories) {}

    /** Reads what changed since the last scan. */
    Scan scan() {
        DirectoryWalk walk = DirectoryWalk.of(root, clock.instant());
        List<String> problems = new ArrayList<>();
        walk.failures().forEach((path, why) -> problems.add("%s: cannot be read: %s".formatted(path, why)));
        Map<ObjectReference, @Nullable KubernetesObject> before = new HashMap<>();
        if (walk.files().isEmpty()) {
            if (walk.failures().isEmpty()) {
                problems.add(
                        files.isEmpty()
                                ? root + ": holds no manifest yet"
                                : root
                                        + ": holds no manifest any more; what they said stays, an empty file would withdraw it");
            }
        } else {
            readChanged(walk, before);
            removeGone(walk, before);
        }
        files.values().forEach(file -> problems.addAll(file.problems()));
        shared.forEach(reference -> problems.add(sharedProblem(reference)));
        complete = complete
                || !files.isEmpty()
                        && walk.failures().isEmpty()
                        && files.values().stream().allMatch(file -> file.objects() != null);
        return new Scan(complete, changes(before), problems, newlyIgnored(), walk.directories());
    }

    /** All objects, in no particular order. */
    List<KubernetesObject> objects() {
        List<KubernetesObject> objects = new ArrayList<>();
        holders.keySet().forEach(reference -> {
            KubernetesObject object = counting(reference);
            if (object != null) {
                objects.add(object);
            }
        });
        return objects;
    }

    private void readChanged(DirectoryWalk walk, Map<ObjectReference, @Nullable KubernetesObject> before) {
        walk.files().forEach((path, stamp) -> {
            ManifestFile known = files.getOrDefault(path, ManifestFile.UNREAD);
            if (known.differsFrom(stamp)) {
                replace(path, known, known.read(path, root.relativize(path).toString(), stamp), before);
            }
        });
    }

    private void removeGone(DirectoryWalk walk, Map<ObjectReference, @Nullable KubernetesObject> before) {
        Set<Path> gone = new TreeSet<>(files.keySet());
        gone.removeAll(walk.files().keySet());
        gone.removeIf(walk::isHidden);
        for (Path path : gone) {
            ManifestFile known = files.getOrDefault(path, ManifestFile.UNREAD);
            replace(path, known, ManifestFile.UNREAD, before);
            files.remove(path);
        }
    }

    private void replace(
            Path path, ManifestFile was, ManifestFile is, Map<ObjectReference, @Nullable KubernetesObject> before) {
        files.put(path, is);
        Map<ObjectReference, Placed> old = was.objects() == null ? Map.of() : was.objects();
        Map<ObjectReference, Placed> now = is.objects() == null ? Map.of() : is.objects();
        Set<ObjectReference> touched = new LinkedHashSet<>(old.keySet());
        touched.addAll(now.keySet());
        for (ObjectReference reference : touched) {
            if (!before.containsKey(reference)) {
                before.put(reference, counting(reference));
            }
            hold(reference, path, now.get(reference));
        }
    }

    private void hold(ObjectReference reference, Path path, @Nullable Placed placed) {
        NavigableMap<Path, Placed> held = holders.computeIfAbsent(reference, none -> new TreeMap<>());
        if (placed == null) {
            held.remove(path);
        } else {
            held.put(path, placed);
        }
        if (held.isEmpty()) {
            holders.remove(reference);
        }
        if (held.size() > 1) {
            shared.add(reference);
        } else {
            shared.remove(reference);
        }
    }

    private @Nullable KubernetesObject counting(ObjectReference reference) {
        NavigableMap<Path, Placed> held = holders.get(reference);
        return held == null ? null : held.firstEntry().getValue().object();
    }

    private String sharedProblem(ObjectReference reference) {
        List<Placed> held =
                List.copyOf(holders.getOrDefault(reference, new TreeMap<>()).values());
        return ManifestFile.duplicate(held.get(0), held.get(1));
    }

    private List<ObjectChange> changes(Map<ObjectReference, @Nullable KubernetesObject> before) {
        List<ObjectChange> changes = new ArrayList<>();
        before.forEach((reference, earlier) -> {
            KubernetesObject now = counting(reference);
            if (now == null && earlier != null) {
                changes.add(new ObjectChange.Deleted(reference));
            } else if (now != null && !now.equals(earlier)) {
                changes.add(new ObjectChange.Upserted(now));
            }
        });
        return changes;
    }

    private SortedSet<String> newlyIgnored() {
        SortedSet<String> news = new TreeSet<>();
        files.values().forEach(file -> news.addAll(file.ignored()));
        news.removeAll(ignored);
        news.remove(ClusterManifest.API_VERSION + " " + ClusterManifest.KIND);
        ignored.addAll(news);
        return news;
    }
}
