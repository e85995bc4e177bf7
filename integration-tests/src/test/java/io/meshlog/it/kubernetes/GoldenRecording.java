package io.meshlog.it.kubernetes;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.meshlog.it.kubernetes.EtcdFace.KeyChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Cilium's clustermesh-apiserver wrote for given objects and steps. {@code -Dmeshlog.golden=DIR} takes another one. */
final class GoldenRecording {
    private final Path folder = Path.of(System.getProperty(
            "meshlog.golden",
            Path.of(System.getProperty("meshlog.home"), "publisher/src/test/resources/golden")
                    .toString()));

    /** A line of {@code steps.txt}. */
    record Step(String name, List<String> words) {
        private static Step of(String line) {
            String[] parts = line.split("\t", 2);
            return new Step(parts[0], List.of(parts[1].split(" ", -1)));
        }
    }

    /** The objects of the start, in the order of their creation. */
    List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("yaml"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    List<Step> steps() throws IOException {
        return Files.readAllLines(folder.resolve("default/steps.txt")).stream()
                .map(Step::of)
                .toList();
    }

    /** What was there before the first step. */
    Map<String, String> start() throws IOException {
        return byKey(Files.readAllLines(folder.resolve("default/etcd1.start.jsonl")).stream());
    }

    /** What a step put, the latest by key. */
    Map<String, String> putBy(String step) throws IOException {
        return byKey(
                linesOf(step).filter(line -> entry(line).get("op").getAsString().equals("PUT")));
    }

    /** What a step changed. */
    Set<KeyChange> changesOf(String step) throws IOException {
        return linesOf(step)
                .map(GoldenRecording::change)
                .filter(change -> isCompared(change.key()))
                .collect(Collectors.toSet());
    }

    /** The keys that say that a kind is complete; their values are times. */
    Set<String> syncedKeys() throws IOException {
        return Files.readAllLines(folder.resolve("default/etcd1.start.jsonl")).stream()
                .map(line -> entry(line).get("key").getAsString())
                .filter(key -> key.startsWith("cilium/synced/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a key is of the cluster's state: neither a time nor a lock, and no other cluster's. */
    static boolean isCompared(String key) {
        return key.startsWith("cilium/state/") || key.equals("cilium/cluster-config/" + PublisherProcess.CLUSTER);
    }

    private Stream<String> linesOf(String step) throws IOException {
        return Files.readAllLines(folder.resolve("default/etcd1.changes.jsonl")).stream()
                .filter(line -> entry(line).get("step").getAsString().equals(step));
    }

    private static Map<String, String> byKey(Stream<String> lines) {
        Map<String, String> byKey = new TreeMap<>();
        lines.map(GoldenRecording::change)
                .filter(change -> isCompared(change.key()))
                .forEach(change -> byKey.put(change.key(), change.value()));
        return byKey;
    }

    private static KeyChange change(String line) {
        JsonObject entry = entry(line);
        String key = entry.get("key").getAsString();
        if (entry.has("op") && entry.get("op").getAsString().equals("DELETE")) {
            return new KeyChange(key, null);
        }
        byte[] value = entry.has("rawBase64")
                ? Base64.getDecoder().decode(entry.get("rawBase64").getAsString())
                : (entry.has("raw") ? entry.get("raw").getAsString() : "").getBytes(StandardCharsets.UTF_8);
        return new KeyChange(key, EtcdFace.comparable(value));
    }

    private static JsonObject entry(String line) {
        return JsonParser.parseString(line).getAsJsonObject();
    }
}
