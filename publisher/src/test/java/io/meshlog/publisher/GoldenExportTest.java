package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.meshlog.events.model.Declared;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.publisher.export.ExportChange;
import io.meshlog.publisher.export.ExportPolicy;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.ReadObjects.Placed;
import io.meshlog.publisher.k8s.read.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is exported equals, field for field and step by step, what Cilium's clustermesh-apiserver 1.20.2 wrote. */
class GoldenExportTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String CLUSTER = "cluster1";

    private final ExportPolicy policy = new ExportPolicy(ExportSettings.ofCluster(CLUSTER, 11));
    /** The objects as an API server would hold them: what patches are applied to. */
    private final Map<String, Map<String, Object>> documents = new HashMap<>();

    private Map<String, String> exportTimes = Map.of();

    @BeforeEach
    void createObjectsInFileOrder() throws IOException {
        exportTimes = exportTimes();
        for (Path file : filesIn(GOLDEN.resolve("yaml"))) {
            for (ObjectChange change : create(file)) {
                policy.apply(List.of(change));
            }
        }
    }

    @Test
    void theStartIsWhatCiliumWrote() throws IOException {
        Map<ResourceKey, Declared> recorded = new TreeMap<>();
        for (JsonNode entry : lines("default/etcd1.start.jsonl")) {
            GoldenKeys.read(entry).ifPresent(resource -> recorded.put(resource.keyIn(CLUSTER), resource));
        }

        assertThat(recorded).hasSize(32);
        assertThat(policy.declared()).containsExactlyEntriesOf(recorded);
    }

    @Test
    void allObjectsAtOnceComeToTheSame() throws IOException {
        ExportPolicy whole = new ExportPolicy(ExportSettings.ofCluster(CLUSTER, 11));
        List<KubernetesObject> objects = new ArrayList<>();
        for (Path file : filesIn(GOLDEN.resolve("yaml"))) {
            for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(file))) {
                object(asMap(document)).forEach(objects::add);
            }
        }

        whole.replace(objects);

        assertThat(whole.declared()).containsExactlyEntriesOf(policy.declared());
    }

    @Test
    void theIdentityWithoutANamespaceIsReported() {
        assertThat(policy.skipped())
                .extracting(Object::toString)
                .singleElement()
                .asString()
                .contains("CiliumIdentity 721204", "names no namespace");
    }

    @TestFactory
    Stream<DynamicTest> eachStepChangesWhatCiliumChanged() throws IOException {
        Map<String, Map<String, Object>> recorded = recordedChanges();
        return Files.readAllLines(GOLDEN.resolve("default/steps.txt")).stream()
                .map(line -> line.split("\t", 2))
                .filter(step -> step[0].compareTo("63") < 0)
                .map(step -> DynamicTest.dynamicTest(step[0], () -> {
                    Map<String, Object> exported = new TreeMap<>();
                    for (ExportChange change : policy.apply(edit(step[1])).changes()) {
                        exported.put(
                                change.key().value(),
                                change instanceof ExportChange.Declare declare
                                        ? declare.value().resource()
                                        : "deleted");
                    }
                    assertThat(exported).isEqualTo(recorded.getOrDefault(step[0], new TreeMap<>()));
                }));
    }

    private static Map<String, Map<String, Object>> recordedChanges() throws IOException {
        Map<String, Map<String, Object>> byStep = new TreeMap<>();
        for (JsonNode entry : lines("default/etcd1.changes.jsonl")) {
            String key = GoldenKeys.keyOf(CLUSTER, entry.get("key").asText());
            if (key != null) {
                Object value = entry.get("op").asText().equals("PUT")
                        ? GoldenKeys.read(entry).orElseThrow()
                        : "deleted";
                byStep.computeIfAbsent(entry.get("step").asText(), none -> new TreeMap<>())
                        .put(key, value);
            }
        }
        return byStep;
    }

    /** A step's command: {@code merge kind name patch [namespace]}, or {@code kctl create|delete ...}. */
    private List<ObjectChange> edit(String command) throws IOException {
        String[] words = command.split(" ", -1);
        if (words[0].equals("merge")) {
            String namespace = words.length > 4 ? words[4] : "";
            return merge(words[1], namespace, words[2], GoldenKeys.JSON.readTree(words[3]));
        }
        if (words[1].equals("create")) {
            return create(GOLDEN.resolve(words[3]));
        }
        String namespace = words.length > 5 ? words[5] : "";
        Map<String, Object> gone = documents.remove(id(words[2], namespace, words[3]));
        return object(gone)
                .<ObjectChange>map(object -> new ObjectChange.Deleted(object.reference()))
                .toList();
    }

    private List<ObjectChange> create(Path file) throws IOException {
        List<ObjectChange> changes = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(file))) {
            Map<String, Object> map = asMap(document);
            Map<String, Object> metadata = asMap(map.get("metadata"));
            documents.put(
                    id((String) map.get("kind"), (String) metadata.getOrDefault("namespace", ""), metadata.get("name")),
                    map);
            object(map).forEach(object -> changes.add(new ObjectChange.Upserted(object)));
        }
        return changes;
    }

    private List<ObjectChange> merge(String kind, String namespace, String name, JsonNode patch) {
        String id = id(kind, namespace, name);
        Map<String, Object> document = asMap(merged(documents.get(id), patch));
        documents.put(id, document);
        return object(document).<ObjectChange>map(ObjectChange.Upserted::new).toList();
    }

    private Stream<KubernetesObject> object(Map<String, Object> document) {
        stampExport(document);
        return ObjectReader.read(List.of(Field.root("", Tree.of(document)))).objects().stream()
                .map(Placed::object);
    }

    /** The API server's part: when the export was created, as it was recorded. */
    private void stampExport(Map<String, Object> document) {
        Map<String, Object> metadata = asMap(document.get("metadata"));
        if (document.get("kind").equals("ServiceExport")) {
            String created = exportTimes.get(metadata.get("namespace") + "/" + metadata.get("name"));
            if (created != null) {
                metadata.put("creationTimestamp", created);
            }
        }
    }

    private static Map<String, String> exportTimes() throws IOException {
        Map<String, String> times = new HashMap<>();
        for (JsonNode entry : lines("default/etcd1.changes.jsonl")) {
            JsonNode value = entry.path("value");
            if (entry.get("key").asText().contains("/serviceexports/v1/cluster1/") && value.isObject()) {
                times.put(
                        value.get("namespace").asText() + "/"
                                + value.get("name").asText(),
                        value.get("exportCreationTimestamp").asText());
            }
        }
        return times;
    }

    /** JSON merge patch: RFC 7396. */
    private static Object merged(Object target, JsonNode patch) {
        if (!patch.isObject()) {
            return GoldenKeys.JSON.convertValue(patch, Object.class);
        }
        Map<String, Object> result = target instanceof Map ? new HashMap<>(asMap(target)) : new HashMap<>();
        patch.properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                result.remove(entry.getKey());
            } else {
                result.put(entry.getKey(), merged(result.get(entry.getKey()), entry.getValue()));
            }
        });
        return result;
    }

    private static String id(String kind, String namespace, Object name) {
        return kind.toLowerCase(java.util.Locale.ROOT) + "/" + namespace + "/" + name;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    private static Set<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new TreeSet<>(files.filter(Files::isRegularFile).toList());
        }
    }

    private static List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> entries = new ArrayList<>();
        for (String line : Files.readAllLines(GOLDEN.resolve(file))) {
            entries.add(GoldenKeys.JSON.readTree(line));
        }
        return entries;
    }
}
