package io.meshlog.it.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What Cilium's clustermesh-apiserver wrote of a cluster to its etcd. */
final class GoldenState {
    static final String CLUSTER = "cluster1";
    static final int CLUSTER_ID = 11;
    private static final Path FOLDER = Path.of("../mesh-api/src/test/resources/golden/etcd");

    private GoldenState() {}

    static Map<String, byte[]> read(String file) throws IOException {
        Map<String, byte[]> keys = new TreeMap<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(FOLDER.resolve(file))) {
            JsonNode json = mapper.readTree(line);
            keys.put(
                    json.get("key").asText(),
                    json.has("rawBase64")
                            ? Base64.getDecoder().decode(json.get("rawBase64").asText())
                            : json.path("raw").asText("").getBytes(StandardCharsets.UTF_8));
        }
        return keys;
    }

    /** What of an etcd is the cluster's own: its state, and what it says of itself. */
    static Map<String, ByteString> own(Map<String, ByteString> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("cilium/state/")
                        || entry.getKey().equals("cilium/cluster-config/" + CLUSTER))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }
}
