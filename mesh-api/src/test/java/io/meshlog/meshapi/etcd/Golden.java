package io.meshlog.meshapi.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meshlog.events.model.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The keys and values Cilium's own programs wrote to their etcds. */
public final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/golden/etcd");

    /** A recorded key. */
    public record Recorded(String key, String encoding, Bytes bytes) {
        public byte[] value() {
            return bytes.toArray();
        }
    }

    private Golden() {}

    /** A node as Cilium writes it. */
    public static String node(String name, String cluster) {
        return """
                {"Name":"%s","Cluster":"%s","IPAddresses":[{"Type":"InternalIP","IP":"172.18.0.4"}],\
                "IPv4AllocCIDR":null,"IPv4SecondaryAllocCIDRs":null,"IPv6AllocCIDR":null,\
                "IPv6SecondaryAllocCIDRs":null,"IPv4HealthIP":"","IPv6HealthIP":"","IPv4IngressIP":"",\
                "IPv6IngressIP":"","ClusterID":1,"Source":"custom-resource","EncryptionKey":0,"Labels":null,\
                "Annotations":null,"WireguardPubKey":"","BootID":""}""".formatted(name, cluster);
    }

    /** Every key of a recording, in the order of keys. */
    public static List<Recorded> read(String file) throws IOException {
        List<Recorded> all = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(FOLDER.resolve(file))) {
            JsonNode json = mapper.readTree(line);
            byte[] value = json.has("rawBase64")
                    ? Base64.getDecoder().decode(json.get("rawBase64").asText())
                    : json.path("raw").asText("").getBytes(StandardCharsets.UTF_8);
            all.add(new Recorded(json.get("key").asText(), json.get("encoding").asText(), Bytes.owned(value)));
        }
        return all;
    }
}
