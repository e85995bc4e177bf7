package io.meshlog.meshapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.meshapi.gateway.GatewayLimits;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MeshApiConfigTest {
    private static final String LEAST = """
            fleet: demo
            name: mesh-api-0
            dataDir: /data
            insecureDev: true
            kafka:
              bootstrapServers: localhost:9092
            registry:
              url: http://localhost:8081/apis/ccompat/v7
            """;

    private static MeshApiConfig read(String yaml) {
        return MeshApiConfigFile.parse(yaml, Map.of());
    }

    @Test
    void defaults_areTheseAndNoOthers() {
        // when
        MeshApiConfig config = read(LEAST);

        // then
        assertThat(config.fleet()).isEqualTo("demo");
        assertThat(config.name()).isEqualTo("mesh-api-0");
        assertThat(config.dataDir()).isEqualTo(Path.of("/data"));
        assertThat(config.kafka().properties()).isEmpty();
        assertThat(config.registry()).isEqualTo(URI.create("http://localhost:8081/apis/ccompat/v7"));
        assertThat(config.listen().grpc().getPort()).isEqualTo(7400);
        assertThat(config.listen().grpc().getAddress().isLoopbackAddress()).isTrue();
        assertThat(config.listen().http().getPort()).isEqualTo(7401);
        assertThat(config.limits()).isEqualTo(new GatewayLimits(983_040, 2_000, 2_048, 8_192, 1_024, 256, 10_000));
    }

    @Test
    void environment_goesBeforeTheFile() {
        // when
        MeshApiConfig config = MeshApiConfigFile.parse(
                LEAST,
                Map.of(
                        "MESHLOG_API_NAME", "mesh-api-1",
                        "MESHLOG_API_GRPC_BIND", "[::1]:7500",
                        "MESHLOG_API_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                        "MESHLOG_API_LIMITS_MAX_STREAMS", "7"));

        // then
        assertThat(config.name()).isEqualTo("mesh-api-1");
        assertThat(config.listen().grpc().getPort()).isEqualTo(7500);
        assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.limits().maxStreams()).isEqualTo(7);
    }

    @Test
    void kafkaProperties_arePassedOn() {
        // when
        MeshApiConfig config =
                read(LEAST.replace("localhost:9092\n", "localhost:9092\n  properties:\n    security.protocol: SSL\n"));

        // then
        assertThat(config.kafka().properties()).containsEntry("security.protocol", "SSL");
    }

    @Test
    void errors_nameThePath() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("fleet").hasMessageContaining("MESHLOG_API_FLEET");
        assertThatThrownBy(() -> read(LEAST + "colour: red\n")).hasMessageContaining("colour");
        assertThatThrownBy(() -> read(LEAST.replace("insecureDev: true", "insecureDev: maybe")))
                .hasMessageContaining("insecureDev");
        assertThatThrownBy(() -> read(LEAST.replace("insecureDev: true", "insecureDev: false")))
                .hasMessageContaining("insecureDev");
        assertThatThrownBy(() -> read(LEAST + "grpc: {bind: nowhere}\n")).hasMessageContaining("grpc.bind");
        assertThatThrownBy(() -> read(LEAST + "grpc: {bind: \"0.0.0.0:7400\"}\n"))
                .hasMessageContaining("grpc.bind")
                .hasMessageContaining("127.0.0.1");
        assertThatThrownBy(() -> read(LEAST + "limits: {maxStreams: 0}\n")).hasMessageContaining("limits.maxStreams");
        assertThatThrownBy(() -> read(LEAST + "limits: {maxStreams: many}\n"))
                .hasMessageContaining("limits.maxStreams");
        assertThatThrownBy(() -> read(LEAST.replace("http://", "ftp://"))).hasMessageContaining("registry.url");
        assertThatThrownBy(() -> read(LEAST.replace("mesh-api-0", "Mesh_0"))).hasMessageContaining("name");
        assertThatThrownBy(() -> read("- a list")).hasMessageContaining("list");
        assertThatThrownBy(() -> read("{")).hasMessageContaining("YAML");
    }
}
