package io.meshlog.publisher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.publisher.PublisherConfig.Reconnect;
import io.meshlog.publisher.SourceConfig.Manifests;
import io.meshlog.publisher.export.ExportSettings;
import io.meshlog.publisher.export.ExportSettings.EndpointSource;
import io.meshlog.publisher.grpc.GatewaySecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublisherConfigFileTest {
    private static final String LEAST = """
            cluster: {name: eastus, id: 1}
            gateways: ["127.0.0.1:7443"]
            security: {mode: insecure-dev}
            manifests: {directory: manifests}
            """;

    @TempDir
    private Path folder;

    @Test
    void everyDefaultIsThis() throws IOException {
        assertThat(read(LEAST, Map.of()))
                .isEqualTo(new PublisherConfig(
                        new ExportSettings("eastus", 1, true, EndpointSource.CILIUM_ENDPOINT),
                        List.of("127.0.0.1:7443"),
                        new GatewaySecurity.InsecureDev("publisher-eastus"),
                        "publisher",
                        new Manifests(folder.resolve("manifests"), Duration.ofSeconds(5), Duration.ofMillis(100)),
                        new Reconnect(Duration.ofMillis(200), Duration.ofSeconds(30))));
    }

    @Test
    void everySettingCanBeSaid() throws IOException {
        PublisherConfig config = read("""
                cluster: {name: eastus, id: 1}
                gateways: [a:1, b:2]
                security: {mode: mtls, certificateAuthority: ca.pem, certificate: /c.pem, key: sub/key.pem}
                manifests: {directory: /m, scanInterval: 1m, quietPeriod: 0ms}
                export: {defaultGlobalNamespace: false, endpoints: CiliumEndpointSlice}
                reconnect: {initial: 1s, max: 1h}
                writer: other
                """, Map.of());

        assertThat(config)
                .isEqualTo(new PublisherConfig(
                        new ExportSettings("eastus", 1, false, EndpointSource.CILIUM_ENDPOINT_SLICE),
                        List.of("a:1", "b:2"),
                        new GatewaySecurity.MutualTls(
                                folder.resolve("ca.pem"), Path.of("/c.pem"), folder.resolve("sub/key.pem")),
                        "other",
                        new Manifests(Path.of("/m"), Duration.ofMinutes(1), Duration.ZERO),
                        new Reconnect(Duration.ofSeconds(1), Duration.ofHours(1))));
    }

    @Test
    void variablesCountBeforeTheFileAndAreEnough() throws IOException {
        Map<String, String> environment = Map.of(
                "MESHLOG_PUBLISHER_CLUSTER_NAME", "edge",
                "MESHLOG_PUBLISHER_CLUSTER_ID", "3",
                "MESHLOG_PUBLISHER_GATEWAYS", "x:1, y:2",
                "MESHLOG_PUBLISHER_SECURITY_MODE", "mtls",
                "MESHLOG_PUBLISHER_SECURITY_CERTIFICATE_AUTHORITY", "/ca",
                "MESHLOG_PUBLISHER_SECURITY_CERTIFICATE", "/c",
                "MESHLOG_PUBLISHER_SECURITY_KEY", "/k",
                "MESHLOG_PUBLISHER_MANIFESTS_DIRECTORY", "/m",
                "PATH", "/bin");

        assertThat(PublisherConfigFile.ofEnvironment(environment)).isEqualTo(read(LEAST, environment));
        assertThat(PublisherConfigFile.ofEnvironment(environment).gateways()).containsExactly("x:1", "y:2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id: 1}| id: 0}| cluster.id: 0 is not within 1 and 255",
                "id: 1}| id: one}| c.yaml:1: cluster.id: \"one\" is not a whole number",
                "name: eastus, | '' | cluster.name: is missing",
                "insecure-dev| plain| c.yaml:3: security.mode: \"plain\" is neither mtls nor insecure-dev",
                "insecure-dev| mtls| security.certificateAuthority: is missing",
                "127.0.0.1:7443| 127.0.0.1| gateways: \"127.0.0.1\" is not host:port",
                "127.0.0.1:7443| 10.0.0.1:7443| gateways: \"10.0.0.1:7443\" is not on loopback",
                "127.0.0.1:7443| 127.0.0.1:0| gateways: \"127.0.0.1:0\" is not host:port",
                "manifests}| manifests, scanInterval: 5}| c.yaml:4: manifests.scanInterval: \"5\" is not a duration",
                "manifests}| manifests, scanInterval: 1ms}| manifests.scanInterval: PT0.001S is shorter than 10 ms",
                "manifests}| manifests, interval: 1s}| c.yaml:4: manifests.interval: is not a setting"
            })
    void errorsNameThePlaceAndTheSetting(String from, String to, String message) {
        assertThatThrownBy(() -> read(LEAST.replace(from, to), Map.of()))
                .message()
                .contains(message);
    }

    @Test
    void aVariableThatIsNoSettingIsAnError() {
        assertThatThrownBy(() -> read(LEAST, Map.of("MESHLOG_PUBLISHER_CLUSTERNAME", "x")))
                .hasMessage("MESHLOG_PUBLISHER_CLUSTERNAME: is not a setting");
    }

    private PublisherConfig read(String yaml, Map<String, String> environment) throws IOException {
        Path file = folder.resolve("c.yaml");
        Files.writeString(file, yaml);
        return PublisherConfigFile.read(file, environment);
    }
}
