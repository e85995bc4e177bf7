package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.k8s.ObjectReference;
import io.meshlog.publisher.k8s.read.FieldException;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.ReadObjects;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One file as it was read last.
 *
 * @param stamp what the file looked like before it was read; null where it could not be read at all
 * @param objects of the last time it was good, by reference; null where it never was
 * @param problems what is wrong with it now
 * @param ignored kinds in it that are not read
 */
record ManifestFile(
        @Nullable Stamp stamp,
        @Nullable Map<ObjectReference, Placed> objects,
        List<String> problems,
        SortedSet<String> ignored) {

    /** So long after a change a file may change again without looking any different: file times are that coarse. */
    private static final Duration COARSENESS = Duration.ofSeconds(2);

    static final ManifestFile UNREAD = new ManifestFile(null, null, List.of(), new TreeSet<>());

    /**
     * What a file looks like from outside.
     *
     * @param settled whether a later change would show: false while its last change is too young
     */
    record Stamp(long size, FileTime changed, @Nullable Object fileKey, boolean settled) {
        static Stamp of(BasicFileAttributes attributes, Instant now) {
            return new Stamp(
                    attributes.size(),
                    attributes.lastModifiedTime(),
                    attributes.fileKey(),
                    attributes.lastModifiedTime().toInstant().isBefore(now.minus(COARSENESS)));
        }
    }

    /** Whether a file that now looks like this has to be read. */
    boolean differsFrom(Stamp now) {
        return stamp == null || !stamp.settled() || !stamp.equals(now);
    }

    /** The file read anew; where that fails, what it held before stays. */
    ManifestFile read(Path file, String origin, Stamp now) {
        try {
            return good(origin, Files.readString(file), now);
        } catch (ManifestException | FieldException broken) {
            return broken(now, String.valueOf(broken.getMessage()));
        } catch (CharacterCodingException binary) {
            return broken(now, origin + ": is no UTF-8 text");
        } catch (IOException unreadable) {
            return broken(null, origin + ": cannot be read: " + unreadable);
        }
    }

    private static ManifestFile good(String origin, String text, Stamp now) {
        ReadObjects read = ObjectReader.read(YamlTrees.read(origin, text));
        Map<ObjectReference, Placed> objects = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Placed placed : read.objects()) {
            Placed first = objects.putIfAbsent(placed.object().reference(), placed);
            if (first != null) {
                problems.add(duplicate(first, placed));
            }
        }
        return new ManifestFile(now, objects, List.copyOf(problems), read.ignored());
    }

    static String duplicate(Placed counts, Placed other) {
        return "%s stands in %s and again in %s: the first counts"
                .formatted(counts.object().reference(), counts.place(), other.place());
    }

    private ManifestFile broken(@Nullable Stamp now, String problem) {
        return new ManifestFile(now, objects, List.of(problem), ignored);
    }
}
