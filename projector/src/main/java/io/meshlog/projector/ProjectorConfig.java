package io.meshlog.projector;

import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.Topics;
import io.meshlog.projector.checkpoint.CheckpointPolicy;
import io.meshlog.projector.decider.DeciderPolicy;
import io.meshlog.projector.decider.DeciderPolicy.Founding;
import io.meshlog.projector.streams.FoldSite;
import io.meshlog.projector.streams.StreamsTuning;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A projector's configuration: a YAML file, and environment variables that go before it.
 *
 * <pre>
 * fleet: demo                          # the fleet's name, and of its topics
 * dataDir: /var/lib/meshlog            # the store, the remembered schema ids; may be lost, then the start takes longer
 * kafka:
 *   bootstrapServers: kafka-1:9092,kafka-2:9092
 *   replicationFactor: 3               # of topics that are made
 *   allowWeakTransactions: false       # go without transaction.version=2
 *   properties:                        # further client settings, as Kafka names them
 *     security.protocol: SSL
 * registry:
 *   url: http://registry:8080/apis/ccompat/v7   # absent: records carry schema id 0, strangers cannot read them
 * streams:
 *   commitIntervalMs: 50
 *   pollMs: 2
 *   standbys: 1
 *   sessionTimeoutMs: 6000             # not below the brokers' group.min.session.timeout.ms
 *   transactionTimeoutMs: 60000
 * decider:
 *   found: false                       # found the fleet where its log is empty
 *   maxConnectedClusters: 255          # or 511; for the founding only
 *   stepPauseMs: 5
 *   digestRevisions: 10000
 *   digestPeriodMs: 60000
 *   horizonPeriodMs: 60000
 *   keepDeletesMs: 86400000
 *   keepDeletes: 1000000
 *   keepVersionsMs: 600000
 * checkpoint:
 *   periodMs: 86400000                 # how often the whole state is kept as a checkpoint
 *   keep: 3                            # how many of them, the newest
 * events:
 *   keepMs: 7776000000                 # events that checkpoints contain are deleted when they are older
 * http:
 *   bind: 127.0.0.1:7402               # /healthz, /readyz, /metrics; port 0: any; empty: nowhere
 * </pre>
 *
 * <p>A variable is {@code MESHLOG_PROJECTOR_} and the path in capitals, for example {@code
 * MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS}, {@code MESHLOG_PROJECTOR_STREAMS_COMMIT_INTERVAL_MS}; for a Kafka property
 * {@code MESHLOG_PROJECTOR_KAFKA_PROPERTIES_SECURITY_PROTOCOL}. Paths and variables that are not known are refused.
 *
 * @param registry the registry's URL before {@code /subjects}; null for none
 * @param http where HTTP tells how the projector is; null for nowhere
 */
public record ProjectorConfig(
        Topics topics,
        Path dataDir,
        Kafka kafka,
        @Nullable URI registry,
        StreamsTuning streams,
        DeciderPolicy decider,
        CheckpointPolicy checkpoints,
        @Nullable InetSocketAddress http) {

    /** What variables begin with. */
    public static final String VARIABLE_PREFIX = "MESHLOG_PROJECTOR_";

    /**
     * The way to Kafka, and what is asked of it.
     *
     * @param replicationFactor of topics that are made
     * @param allowWeakTransactions goes without {@code transaction.version=2}
     */
    public record Kafka(KafkaConnection connection, short replicationFactor, boolean allowWeakTransactions) {
        public Kafka {
            if (replicationFactor < 1) {
                throw new IllegalArgumentException(
                        "kafka.replicationFactor: is %d, at least 1 is needed".formatted(replicationFactor));
            }
        }
    }

    public ProjectorConfig {
        if (registry != null && registry.getHost() == null) {
            throw new IllegalArgumentException("registry.url: %s names no host".formatted(registry));
        }
    }

    /** The fleet's name. */
    public String fleet() {
        return topics.fleet();
    }

    /** Where and how its fold runs. */
    public FoldSite site() {
        return new FoldSite(topics, kafka.connection(), kafka.replicationFactor(), dataDir.resolve("streams"), streams);
    }

    /**
     * @param yaml the file's content, empty for none
     * @param variables the environment
     * @throws IllegalArgumentException naming the path that is wrong
     */
    public static ProjectorConfig read(String yaml, Map<String, String> variables) {
        Settings settings = Settings.read(yaml, variables, VARIABLE_PREFIX);
        ProjectorConfig config = new ProjectorConfig(
                new Topics(settings.text("fleet")),
                Path.of(settings.text("dataDir")),
                kafka(settings),
                registry(settings),
                streams(settings),
                decider(settings),
                checkpoints(settings),
                http(settings));
        settings.requireNoOthers();
        return config;
    }

    private static Kafka kafka(Settings settings) {
        return new Kafka(
                new KafkaConnection(settings.text("kafka.bootstrapServers"), settings.texts("kafka.properties")),
                (short) settings.number("kafka.replicationFactor", 3, 1, Short.MAX_VALUE),
                settings.flag("kafka.allowWeakTransactions", false));
    }

    private static @Nullable URI registry(Settings settings) {
        String url = settings.text("registry.url", "");
        try {
            return url.isEmpty() ? null : URI.create(url);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException("registry.url: " + invalid.getMessage(), invalid);
        }
    }

    private static StreamsTuning streams(Settings settings) {
        StreamsTuning usual = StreamsTuning.DEFAULT;
        return new StreamsTuning(
                settings.integer("streams.commitIntervalMs", usual.commitIntervalMs()),
                settings.integer("streams.pollMs", usual.pollMs()),
                settings.integer("streams.standbys", usual.standbys()),
                settings.integer("streams.sessionTimeoutMs", usual.sessionTimeoutMs()),
                settings.integer("streams.transactionTimeoutMs", usual.transactionTimeoutMs()));
    }

    private static DeciderPolicy decider(Settings settings) {
        int clusters = settings.integer("decider.maxConnectedClusters", 255);
        Founding founding = settings.flag("decider.found", false)
                ? new Founding(settings.text("fleet"), UUID.randomUUID(), clusters)
                : null;
        DeciderPolicy usual = DeciderPolicy.defaults(founding);
        return new DeciderPolicy(
                founding,
                settings.number("decider.stepPauseMs", usual.stepPauseMs()),
                settings.number("decider.digestRevisions", usual.digestRevisions()),
                settings.number("decider.digestPeriodMs", usual.digestPeriodMs()),
                settings.number("decider.horizonPeriodMs", usual.horizonPeriodMs()),
                settings.number("decider.keepDeletesMs", usual.keepDeletesMs()),
                settings.number("decider.keepDeletes", usual.keepDeletes()),
                settings.number("decider.keepVersionsMs", usual.keepVersionsMs()),
                settings.number("checkpoint.periodMs", usual.checkpointPeriodMs()));
    }

    private static CheckpointPolicy checkpoints(Settings settings) {
        CheckpointPolicy usual = CheckpointPolicy.DEFAULT;
        return new CheckpointPolicy(
                settings.integer("checkpoint.keep", usual.keep()),
                settings.number("events.keepMs", usual.eventsKeepMs()));
    }

    private static @Nullable InetSocketAddress http(Settings settings) {
        String bind = settings.text("http.bind", "127.0.0.1:7402");
        if (bind.isEmpty()) {
            return null;
        }
        int colon = bind.lastIndexOf(':');
        try {
            return new InetSocketAddress(
                    bind.substring(0, Math.max(colon, 0)), Integer.parseInt(bind.substring(colon + 1)));
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException("http.bind: is \"%s\", host:port is needed".formatted(bind), invalid);
        }
    }
}
