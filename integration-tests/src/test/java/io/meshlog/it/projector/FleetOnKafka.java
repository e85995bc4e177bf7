package io.meshlog.it.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.meshlog.broker.EmbeddedKafka;
import io.meshlog.events.log.ChangeRecord;
import io.meshlog.events.log.ChangelogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.KafkaEventLogWriter;
import io.meshlog.events.log.TopicSetup;
import io.meshlog.events.log.Topics;
import io.meshlog.events.model.Bytes;
import io.meshlog.events.model.Cluster;
import io.meshlog.events.model.FleetChange;
import io.meshlog.events.model.MeshEvent;
import io.meshlog.events.model.MeshEvent.Sender;
import io.meshlog.events.model.Opaque;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.events.model.Statement;
import io.meshlog.events.model.Value;
import io.meshlog.events.wire.ReleaseIds;
import io.meshlog.projector.Projector;
import io.meshlog.projector.ProjectorConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** One fleet on a broker: says things, runs projectors, reads what was decided. For one thread. */
public final class FleetOnKafka implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String OPERATOR = "operator";

    public final Topics topics;
    public final KafkaConnection kafka;
    private final Path folder;
    private final List<Projector> projectors = new ArrayList<>();
    private final Map<String, Long> sequences = new HashMap<>();
    private final List<ChangeRecord> read = new ArrayList<>();
    private @Nullable KafkaEventLogWriter writer;
    private @Nullable ChangelogReader reader;

    public FleetOnKafka(String fleet, String bootstrapServers, Path folder) {
        this.topics = new Topics(fleet);
        this.kafka = KafkaConnection.of(bootstrapServers);
        this.folder = folder;
    }

    public static EmbeddedKafka broker(Path folder) {
        return EmbeddedKafka.start(folder.resolve("kafka"));
    }

    public FleetOnKafka makeTopics() {
        try (Admin admin = admin()) {
            new TopicSetup(admin, topics, TIMEOUT).ensure((short) 1);
        }
        return this;
    }

    public Admin admin() {
        return kafka.admin();
    }

    /** A projector's configuration as its environment variables. */
    public Map<String, String> settings(String instance) {
        return Map.of(
                "MESHLOG_PROJECTOR_FLEET", topics.fleet(),
                "MESHLOG_PROJECTOR_DATA_DIR",
                        folder.resolve(topics.fleet() + "-" + instance).toString(),
                "MESHLOG_PROJECTOR_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                "MESHLOG_PROJECTOR_KAFKA_REPLICATION_FACTOR", "1",
                "MESHLOG_PROJECTOR_STREAMS_SESSION_TIMEOUT_MS", "2000",
                "MESHLOG_PROJECTOR_HTTP_BIND", "127.0.0.1:0",
                "MESHLOG_PROJECTOR_DECIDER_FOUND", "true");
    }

    public Projector start(String instance) {
        return start(instance, Map.of());
    }

    /** @param more variables that go before the usual ones */
    public Projector start(String instance, Map<String, String> more) {
        Map<String, String> variables = new HashMap<>(settings(instance));
        variables.putAll(more);
        Projector projector = new Projector(ProjectorConfig.read("", variables));
        projectors.add(projector);
        projector.start();
        return projector;
    }

    /** The same fleet in another Kafka: its writers go on where they are. */
    public FleetOnKafka movedTo(String bootstrapServers, Path itsFolder) {
        FleetOnKafka moved = new FleetOnKafka(topics.fleet(), bootstrapServers, itsFolder);
        moved.sequences.putAll(sequences);
        return moved;
    }

    /** Waits for the founding, then opens the operator's session, admits some clusters and opens theirs. */
    public void begin(String... clusters) {
        awaitChange("the founding", record -> record.key().equals(ResourceKey.FLEET));
        say(null, OPERATOR, 0, new Statement.OpenSession(UUID.randomUUID()));
        sequences.put(OPERATOR, 0L);
        int id = 1;
        for (String cluster : clusters) {
            command(new Statement.Admit(new Cluster(cluster, id++, List.of(), List.of(), 0)));
            say(cluster, cluster, 0, new Statement.OpenSession(UUID.randomUUID()));
            sequences.put(cluster, 0L);
        }
    }

    public CompletionStage<Long> command(Statement statement) {
        return say(null, OPERATOR, sequences.merge(OPERATOR, 1L, Long::sum), statement);
    }

    public CompletionStage<Long> say(String cluster, Statement statement) {
        return say(cluster, cluster, sequences.merge(cluster, 1L, Long::sum), statement);
    }

    public CompletionStage<Long> upsert(String cluster, String name, String value) {
        Opaque resource = opaque(name, value);
        return say(cluster, new Statement.Upsert(resource.keyIn(cluster), Value.of(resource)));
    }

    public CompletionStage<Long> delete(String cluster, String name) {
        return say(cluster, new Statement.Delete(opaque(name, "").keyIn(cluster)));
    }

    static Opaque opaque(String name, String value) {
        return new Opaque(bytes(name), bytes(value));
    }

    public static ResourceKey key(String cluster, String name) {
        return opaque(name, "").keyIn(cluster);
    }

    private static Bytes bytes(String text) {
        return Bytes.owned(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private CompletionStage<Long> say(@Nullable String cluster, String name, long sequence, Statement statement) {
        if (writer == null) {
            writer = new KafkaEventLogWriter(kafka, topics, ReleaseIds.NONE, TIMEOUT);
        }
        Sender sender = new Sender(cluster, "test", "", name, 1, sequence);
        return writer.append(new MeshEvent(UUID.randomUUID(), sender, OptionalLong.empty(), statement));
    }

    /** Waits until everything a cluster said is decided. */
    public void awaitDecided(String cluster) {
        ResourceKey session = ResourceKey.session(cluster, cluster);
        long last = sequences.get(cluster);
        awaitChange(
                "sequence %d of %s".formatted(last, cluster),
                record -> record.key().equals(session) && Changelog.sequence(record) >= last);
    }

    /** Waits until such a change was read; what was read before counts. */
    public void awaitChange(String what, Predicate<ChangeRecord> wanted) {
        await(what).atMost(PATIENCE).until(() -> {
            poll();
            return read.stream().anyMatch(wanted);
        });
    }

    /** All committed changes read so far. */
    public List<ChangeRecord> changes() {
        return read;
    }

    /** The keys that are there, by the changes read so far. */
    public Set<ResourceKey> keysThere() {
        Set<ResourceKey> there = new HashSet<>();
        for (ChangeRecord record : read) {
            FleetChange change = record.change();
            if (change == null || change.op() == FleetChange.Op.DELETE) {
                there.remove(record.key());
            } else {
                there.add(record.key());
            }
        }
        return there;
    }

    private void poll() {
        if (reader == null) {
            reader = new ChangelogReader(kafka, topics);
            reader.seek(0);
        }
        read.addAll(reader.poll(Duration.ofMillis(20)));
    }

    /** What the log says must be what the changelog says. */
    public void assertChangelogIsTheFoldOfTheLog() {
        Changelog.Comparison comparison = Changelog.compare(kafka, topics);
        assertThat(comparison.actual()).isEqualTo(comparison.expected());
    }

    @Override
    public void close() {
        projectors.forEach(Projector::close);
        if (reader != null) {
            reader.close();
        }
        if (writer != null) {
            writer.close();
        }
    }
}
