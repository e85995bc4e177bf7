package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.meshlog.publisher.export.ExportChange;
import io.meshlog.publisher.export.ExportPolicy;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.export.ExportSettings.ServiceExportMode;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.read.Field;
import io.meshlog.publisher.k8s.read.ObjectReader;
import io.meshlog.publisher.k8s.read.Tree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is exported equals, step by step, what Cilium's own synchronizers wrote for random changes of random objects under
 * other flags. The recordings are made by {@code integration-tests/conformance/export}.
 */
class RecordedExportTest {
    private static final Path RECORDED = Path.of("src/test/resources/recorded");
    private static final String CLUSTER = "cluster1";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "defaults",
                "mcs-api",
                "local-namespaces",
                "cilium-endpoint-slices",
                "prefer-endpointslice",
                "only-endpointslice",
                "clusters-511"
            })
    void eachStepChangesWhatCiliumChanged(String scenario) throws IOException {
        List<JsonNode> lines = lines(scenario);
        ExportPolicy policy = new ExportPolicy(settings(lines.getFirst().get("flags")));
        Map<String, Object> start = new TreeMap<>();
        policy.declared().forEach((key, resource) -> start.put(key.value(), resource));
        assertThat(start).isEqualTo(changes(lines.get(1).get("changes")));

        for (int number = 2; number < lines.size(); number++) {
            JsonNode step = lines.get(number);
            Map<String, Object> exported = new TreeMap<>();
            for (ExportChange change : policy.apply(List.of(change(step))).changes()) {
                exported.put(
                        change.key().value(),
                        change instanceof ExportChange.Declare declare
                                ? declare.value().resource()
                                : "deleted");
            }
            assertThat(exported)
                    .as(
                            "%s, line %d: %s %s",
                            scenario, number + 1, step.get("op").asText(), step.get("object"))
                    .isEqualTo(changes(step.get("changes")));
        }
    }

    private static ObjectChange change(JsonNode step) {
        Object document = GoldenKeys.JSON.convertValue(step.get("object"), Object.class);
        KubernetesObject object = ObjectReader.read(List.of(Field.root("", Tree.of(document))))
                .objects()
                .getFirst()
                .object();
        return step.get("op").asText().equals("delete")
                ? new ObjectChange.Deleted(object.reference())
                : new ObjectChange.Upserted(object);
    }

    private static Map<String, Object> changes(JsonNode recorded) throws IOException {
        Map<String, Object> byKey = new TreeMap<>();
        for (Map.Entry<String, JsonNode> change : recorded.properties()) {
            String key = GoldenKeys.keyOf(CLUSTER, change.getKey());
            if (key != null) {
                byKey.put(
                        key,
                        change.getValue().isNull()
                                ? "deleted"
                                : GoldenKeys.read(GoldenKeys.JSON
                                                .createObjectNode()
                                                .put("key", change.getKey())
                                                .put("raw", change.getValue().asText())
                                                .put(
                                                        "rawBase64",
                                                        change.getValue().asText()))
                                        .orElseThrow());
            }
        }
        return byKey;
    }

    /** Cilium's flags, in Meshlog's words. */
    private static ExportSettings settings(JsonNode flags) {
        Map<String, String> given = new TreeMap<>();
        flags.forEach(flag -> {
            String[] nameAndValue = flag.asText().split("=", 2);
            given.put(nameAndValue[0], nameAndValue.length == 1 ? "true" : nameAndValue[1]);
        });
        return new ExportSettings(
                CLUSTER,
                Integer.parseInt(given.get("--cluster-id")),
                Boolean.parseBoolean(given.getOrDefault("--clustermesh-default-global-namespace", "true")),
                given.containsKey("--enable-cilium-endpoint-slice")
                        ? EndpointSource.CILIUM_ENDPOINT_SLICE
                        : EndpointSource.CILIUM_ENDPOINT,
                Integer.parseInt(given.getOrDefault("--max-connected-clusters", "255")),
                given.containsKey("--clustermesh-enable-mcs-api"),
                given.getOrDefault("--clustermesh-service-v2", "").equals("only-endpointslice")
                        ? ServiceExportMode.ENDPOINT_SLICES_ONLY
                        : ServiceExportMode.SERVICES_AND_ENDPOINT_SLICES);
    }

    private static List<JsonNode> lines(String scenario) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(RECORDED.resolve(scenario + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            List<JsonNode> lines = new java.util.ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(GoldenKeys.JSON.readTree(line));
            }
            return lines;
        }
    }
}
