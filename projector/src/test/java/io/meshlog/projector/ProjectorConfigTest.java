package io.meshlog.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meshlog.projector.checkpoint.CheckpointPolicy;
import io.meshlog.projector.decider.DeciderPolicy;
import io.meshlog.projector.streams.StreamsTuning;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProjectorConfigTest {
    private static final String LEAST = """
            fleet: demo
            dataDir: /data
            kafka:
              bootstrapServers: kafka:9092
            """;

    private static ProjectorConfig read(String yaml) {
        return ProjectorConfig.read(yaml, Map.of());
    }

    private static String bind(ProjectorConfig config) {
        InetSocketAddress http = config.http();
        return http == null ? "" : http.getHostString() + ":" + http.getPort();
    }

    @Test
    void everyDefault() {
        ProjectorConfig config = read(LEAST);

        assertThat(config.fleet()).isEqualTo("demo");
        assertThat(config.dataDir()).isEqualTo(Path.of("/data"));
        assertThat(config.kafka().connection().bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.kafka().connection().properties()).isEmpty();
        assertThat(config.kafka().replicationFactor()).isEqualTo((short) 3);
        assertThat(config.kafka().allowWeakTransactions()).isFalse();
        assertThat(config.registry()).isNull();
        assertThat(config.streams()).isEqualTo(new StreamsTuning(50, 2, 1, 6_000, 60_000));
        assertThat(config.decider())
                .isEqualTo(
                        new DeciderPolicy(null, 5, 10_000, 60_000, 60_000, 86_400_000, 1_000_000, 600_000, 86_400_000));
        assertThat(config.checkpoints()).isEqualTo(new CheckpointPolicy(3, 7_776_000_000L));
        assertThat(bind(config)).isEqualTo("127.0.0.1:7402");
        assertThat(config.site().group()).isEqualTo("demo-projector");
    }

    @Test
    void everySetting() {
        ProjectorConfig config = read(LEAST + """
                  replicationFactor: 1
                  allowWeakTransactions: true
                  properties:
                    security.protocol: SSL
                registry:
                  url: http://registry:8080/apis/ccompat/v7
                streams:
                  commitIntervalMs: 20
                  pollMs: 3
                  standbys: 2
                  sessionTimeoutMs: 2000
                  transactionTimeoutMs: 30000
                decider:
                  found: true
                  maxConnectedClusters: 511
                  stepPauseMs: 1
                  digestRevisions: 2
                  digestPeriodMs: 3
                  horizonPeriodMs: 4
                  keepDeletesMs: 5
                  keepDeletes: 6
                  keepVersionsMs: 7
                checkpoint:
                  periodMs: 8000
                  keep: 9
                events:
                  keepMs: 10
                http:
                  bind: localhost:8081
                """);

        assertThat(config.kafka().replicationFactor()).isEqualTo((short) 1);
        assertThat(config.kafka().allowWeakTransactions()).isTrue();
        assertThat(config.kafka().connection().properties()).containsExactly(Map.entry("security.protocol", "SSL"));
        assertThat(config.registry()).isEqualTo(URI.create("http://registry:8080/apis/ccompat/v7"));
        assertThat(config.streams()).isEqualTo(new StreamsTuning(20, 3, 2, 2_000, 30_000));
        DeciderPolicy.Founding founding = config.decider().founding();
        assertThat(founding.fleet()).isEqualTo("demo");
        assertThat(founding.maxConnectedClusters()).isEqualTo(511);
        assertThat(config.decider()).isEqualTo(new DeciderPolicy(founding, 1, 2, 3, 4, 5, 6, 7, 8000));
        assertThat(config.checkpoints()).isEqualTo(new CheckpointPolicy(9, 10));
        assertThat(bind(config)).isEqualTo("localhost:8081");
    }

    @Test
    void httpCanBeNowhere() {
        assertThat(ProjectorConfig.read(LEAST, Map.of("MESHLOG_PROJECTOR_HTTP_BIND", ""))
                        .http())
                .isNull();
    }

    @Test
    void variablesGoBeforeTheFile() {
        ProjectorConfig config = ProjectorConfig.read(
                LEAST,
                Map.of(
                        "MESHLOG_PROJECTOR_FLEET", "other",
                        "MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS", "elsewhere:1",
                        "MESHLOG_PROJECTOR_KAFKA_PROPERTIES_SSL_TRUSTSTORE_LOCATION", "/trust",
                        "MESHLOG_PROJECTOR_STREAMS_COMMIT_INTERVAL_MS", "7",
                        "PATH", "/bin"));

        assertThat(config.fleet()).isEqualTo("other");
        assertThat(config.kafka().connection().bootstrapServers()).isEqualTo("elsewhere:1");
        assertThat(config.kafka().connection().properties())
                .containsExactly(Map.entry("ssl.truststore.location", "/trust"));
        assertThat(config.streams().commitIntervalMs()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "streams.pollMs: 0 | streams.pollMs: is 0, it must be in 1 to 1000",
                "streams.transactionTimeoutMs: 900000 | streams.transactionTimeoutMs: is 900000, it must be in 10000 to 240000",
                "streams.pollMs: soon | streams.pollMs: is \"soon\", a whole number is needed",
                "streams.polMs: 1 | not known: streams.polMs",
                "decider.found: maybe | decider.found: is \"maybe\", true or false is needed",
                "decider.keepDeletesMs: 0 | decider.keepDeletesMs: is 0, at least 1 is needed",
                "http.bind: localhost | http.bind: is \"localhost\", host:port is needed",
                "registry.url: registry | registry.url: registry names no host",
            })
    void whatIsWrongIsNamed(String line, String words) {
        String[] parts = line.split("[.:] ?", 3);
        String yaml = LEAST + "%s:%n  %s: %s%n".formatted(parts[0], parts[1], parts[2]);

        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(words);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> read("")).hasMessage("fleet: is not set");
        assertThatThrownBy(() -> read("fleet: demo")).hasMessage("dataDir: is not set");
        assertThatThrownBy(() -> read("[1, 2]")).hasMessage("the configuration is no map of settings");
        assertThatThrownBy(() -> ProjectorConfig.read(LEAST, Map.of("MESHLOG_PROJECTOR_FLET", "x")))
                .hasMessage("not known: MESHLOG_PROJECTOR_FLET");
    }
}
